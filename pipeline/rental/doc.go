// Package rental holds what rental data means: the entities an ERP exports, how
// rows of many nights become one register, and what IRIS should hold of one asset.
//
// The words, in the order data meets them:
//
//   - An Entity is what one row says about one thing: an asset, contract,
//     contract item, customer or depot, known by its Kind and Key.
//   - A Record is the register's last good state of that thing, gathered over
//     nights and files, with the Source of every field.
//   - Merge makes the next record from the last one and an entity.
//   - Parts are all the records that one asset's document needs.
//   - A Document is what IRIS should hold of one asset. It is assembled from
//     parts when it is sent, and known by its Digest.
//
// Everything here is pure: no file, no clock, no network, no database.
package rental
