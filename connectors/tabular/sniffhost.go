package tabular

// plainest is the fewest bytes that say what kind of letters a text has.
const plainest = 16

// looksASCII tells text in which a byte is a letter as the world outside of IBM
// hosts writes it.
func looksASCII(head []byte) bool {
	ascii, host := lettersOf(head)
	return len(head) >= plainest && 10*ascii >= 6*len(head) && 5*host <= len(head)
}

// looksEBCDIC tells text of IBM hosts: it has blanks and digits where other text
// has accents, and nothing of what every other text is full of.
func looksEBCDIC(head []byte) bool {
	_, host := lettersOf(head)
	blanks, foreign := 0, 0
	for _, b := range head {
		switch {
		case b == 0x40 || b >= 0xF0 && b <= 0xF9:
			blanks++
		case b == ' ' || b == '\n' || b == '\t' || b == ',' || b == ';' || b >= '0' && b <= '9':
			foreign++
		}
	}
	return len(head) >= plainest && 10*host >= 7*len(head) && 7*blanks >= len(head) && 50*foreign <= len(head)
}

// lettersOf counts the bytes that are letters, digits, blanks and line ends in
// ASCII, and those that are in EBCDIC. A small a is none: hosts write a slash so.
func lettersOf(head []byte) (ascii, host int) {
	for _, b := range head {
		switch {
		case b == ' ' || b == '\n' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b > 'a' && b <= 'z':
			ascii++
		case b == '@' || b >= 0xF0 && b <= 0xF9 || isHostLetter(b):
			host++
		}
	}
	return ascii, host
}

func isHostLetter(b byte) bool {
	low := b & 0x0F
	switch b & 0xB0 { // capital and small letters differ in one bit
	case 0x80, 0x90:
		return low >= 1 && low <= 9
	case 0xA0:
		return low >= 2 && low <= 9
	default:
		return false
	}
}
