// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import Store

/// A row of publication with the certificate it is about.
struct PublicationWork: Sendable {
    let record: PublicationRecord
    let der: [UInt8]
    let addresses: [String]

    init(_ row: SQLRow) throws {
        record = try PublicationTable.record(row)
        der = try row["der"]
        let list: JSONValue = try row["email_addresses"]
        addresses = (list.array ?? []).compactMap(\.string)
    }
}
