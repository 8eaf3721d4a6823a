// Package rental holds what rental data means: the entities an ERP exports, how
// rows of many nights become one register, and what IRIS should hold of one asset.
//
// The words, in the order data meets them:
//
//   - An Entity is what one row says about one thing: an asset, contract,
//     contract item, customer or depot, known by its Kind and Key.
//   - A Record is the register's last good state of that thing, gathered over
//     nights and files, with the Source of every field.
//   - A Hearing makes the next record from the last one and what a row says.
//   - A generation is one of several rentals under the key of one item, which an
//     ERP uses again after a swap or a return. The key stands for the newest one;
//     former rentals are kept under KEY~1, KEY~2. IRIS knows the first by KEY and
//     the others by KEY~2, KEY~3.
//   - A value is inferred where a rule says it and no cell: the end of a rental
//     that is no longer named, a planned end that moved on. The rule stands in
//     the Source. A word of the ERP replaces it.
//   - A rental has vanished that was reserved and never began.
//   - A crosswalk says who is who across systems: the identifier that IRIS has for
//     an asset, or the customer that another one is the same as. Two assets with
//     one identifier are twins.
//   - Parts are all the records that one asset's document needs.
//   - A Document is what IRIS should hold of one asset. It is assembled from
//     parts when it is sent, and known by its Digest.
//
// Everything here is pure: no file, no clock, no network, no database.
package rental
