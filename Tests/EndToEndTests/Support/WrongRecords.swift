// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments

/// The records of a good year, changed so that a promise is broken: what the judges must see.
struct WrongRecords: Sendable {
    let name: String
    /// Counts that are no longer 0.
    let breaks: [String]
    let change: @Sendable (JSONValue) -> JSONValue

    /// Somebody who is there all the year, to whom nothing happens, and whom the sample has.
    private static let number = 10

    private static func name(of number: Int, _ records: JSONValue) -> String {
        (records["people"]?.array ?? []).first { $0["number"]?.int == number }?["userPrincipalName"]?.string ?? ""
    }

    private static func list(_ key: String, _ records: JSONValue, _ change: ([JSONValue]) -> [JSONValue]) -> JSONValue {
        var members = records.object ?? [:]
        members[key] = .array(change(members[key]?.array ?? []))
        return .object(members)
    }

    private static func setting(_ key: String, _ value: JSONValue, in object: JSONValue) -> JSONValue {
        .object((object.object ?? [:]).merging([key: value]) { $1 })
    }

    private static func isOwn(_ element: JSONValue, _ records: JSONValue) -> Bool {
        let text = (element["userPrincipalName"] ?? element["name"])?.string?.lowercased()
        return text == name(of: number, records).lowercased()
    }

    /// The orders of the first CA that has some, changed.
    private static func orders(_ records: JSONValue, _ change: ([JSONValue]) -> [JSONValue]) -> JSONValue {
        let cas = records["cas"]?.object ?? [:]
        guard let ca = cas.keys.sorted().first(where: { cas[$0]?["orders"]?.array?.isEmpty == false }),
            let entry = cas[ca]
        else { return records }
        let orders: JSONValue = .array(change(entry["orders"]?.array ?? []))
        return setting("cas", setting(ca, setting("orders", orders, in: entry), in: .object(cas)), in: records)
    }

    /// The hand-outs with an outcome, changed.
    private static func handOuts(
        _ records: JSONValue, _ outcome: String, _ change: (JSONValue) -> JSONValue
    ) -> JSONValue {
        list("handOuts", records) { $0.map { $0["outcome"]?.string == outcome ? change($0) : $0 } }
    }

    static let all = [
        WrongRecords(
            name: "nothing ever came to somebody's devices", breaks: ["mailsUnreadable", "withoutCertificate", "lost"]
        ) { records in list("pfx", records) { $0.filter { !isOwn($0, records) } } },
        WrongRecords(
            name: "somebody's keys were deleted", breaks: ["keysMissing", "mailsUnreadable", "withoutCertificate"]
        ) { records in
            let own = (records["pfx"]?.array ?? []).filter { isOwn($0, records) }
            return list("deletedPFX", list("pfx", records) { $0.filter { !isOwn($0, records) } }) { $0 + own }
        },
        WrongRecords(name: "somebody has another person's key", breaks: ["keysAstray"]) { records in
            list("pfx", records) { all in
                all
                    + all.filter { isOwn($0, records) }.map {
                        setting("userPrincipalName", .string(name(of: number + 1, records)), in: $0)
                    }
            }
        },
        WrongRecords(name: "a record that opens for nobody", breaks: ["keysUnreadable", "keysMissing"]) { records in
            list("pfx", records) { all in
                all.map { isOwn($0, records) ? setting("encryptedPfxPassword", "AAAA", in: $0) : $0 }
            }
        },
        WrongRecords(name: "nobody finds somebody's certificate", breaks: ["unpublished"]) { records in
            list("addressList", records) { $0.filter { !isOwn($0, records) } }
        },
        WrongRecords(name: "others find another person's certificate", breaks: ["publishedAstray"]) { records in
            list("addressList", records) { all in
                let own = all.first { isOwn($0, records) }?["certificates"] ?? []
                let other = name(of: number + 1, records).lowercased()
                return all.map { $0["name"]?.string == other ? setting("certificates", own, in: $0) : $0 }
            }
        },
        WrongRecords(name: "a mail went out twice", breaks: ["noticesDoubled"]) { records in
            list("mails", records) { $0 + $0.prefix(1) }
        },
        WrongRecords(name: "nobody was told", breaks: ["noticesMissing"]) { records in
            list("mails", records) { _ in [] }
        },
        WrongRecords(name: "the owner was not told of a recovery", breaks: ["noticesMissing"]) { records in
            list("mails", records) { all in
                all.filter { $0["message"]?.text.contains("ticket 4711") != true }
            }
        },
        WrongRecords(name: "what was handed out does not open", breaks: ["handOutsMissing"]) { records in
            handOuts(records, "fetched") { one in
                list("files", one) { $0.map { setting("password", "another", in: $0) } }
            }
        },
        WrongRecords(name: "a file with another person's key", breaks: ["handOutsMissing", "handOutsAstray"]) {
            records in
            handOuts(records, "fetched") { setting("person", JSONValue(number + 1), in: $0) }
        },
        WrongRecords(name: "a stranger fetches what is somebody's", breaks: ["handOutsAstray"]) { records in
            handOuts(records, "fetched") { one in
                list("files", one) { $0 + $0.map { setting("by", "a stranger", in: $0) } }
            }
        },
        WrongRecords(name: "what was fetched comes again", breaks: ["handOutsAstray"]) { records in
            handOuts(records, "fetched") { one in list("files", one) { $0 + $0 } }
        },
        WrongRecords(name: "a file comes although nobody has agreed", breaks: ["handOutsAstray"]) { records in
            handOuts(records, "fetched") { setting("outcome", "refused", in: $0) }
        },
        WrongRecords(
            name: "somebody is gone and keeps everything",
            breaks: ["strangersWithCertificate", "keysAstray", "publishedAstray"]
        ) { records in
            list("directory", records) { all in
                all.map { isOwn($0, records) ? setting("isMember", false, in: $0) : $0 }
            }
        },
        WrongRecords(name: "an order was placed twice", breaks: ["doubled"]) { records in
            orders(records) { $0 + $0.prefix(1).map { setting("id", "4711000", in: $0) } }
        },
        WrongRecords(name: "what is revoked stands on no list", breaks: ["revocationsMissing"]) { records in
            orders(records) { all in
                all.map { order in
                    let certificates = (order["certificates"]?.array ?? []).map { setting("revoked", true, in: $0) }
                    return setting("certificates", .array(certificates), in: order)
                }
            }
        },
    ]
}
