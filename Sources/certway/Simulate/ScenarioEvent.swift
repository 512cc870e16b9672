// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One thing that happens in a made-up year, as a scenario says it.
struct ScenarioEvent {
    enum Kind: String, CaseIterable {
        case join, leave, `return`, marry, rename, changeAddress, swapAddresses, disable, delete
        case emptyGroup, halfDirectory, deleteInIntune, revokeAtCA
        case gainMailbox, loseMailbox, editAddressList
        case caOutage, rotateIssuer, renameProduct, switchCA, expireSecret, loseList
        case rotateConnectorKey, retireAgent
        case recoverKey, handOver

        /// The keys that an event of the kind may have, beside `event` and its time.
        var keys: [String] {
            switch self {
            case .join, .return: ["count"] + (self == .return ? ["who"] : [])
            case .leave, .disable: ["count", "who", "days"]
            case .marry, .rename, .changeAddress, .swapAddresses, .delete, .deleteInIntune, .editAddressList:
                ["count", "who"]
            case .gainMailbox, .loseMailbox: ["count", "who", "mailbox"]
            case .revokeAtCA: ["count", "who", "reason"]
            case .recoverKey, .handOver: ["count", "who", "days", "outcome"]
            case .emptyGroup, .halfDirectory: ["days"]
            case .caOutage: ["ca", "days"]
            case .expireSecret, .loseList: ["ca", "days"]
            case .rotateIssuer: ["ca"]
            case .renameProduct: ["ca", "days"]
            case .switchCA: ["ca"]
            case .retireAgent: ["days"]
            case .rotateConnectorKey: []
            }
        }

        /// Whether it happens to people, one by one.
        var concernsPeople: Bool { keys.contains("count") }

        /// How long it lasts where the scenario does not say; nil for ever, or for what has no length.
        var usualDays: Int? {
            switch self {
            case .caOutage: 3
            case .expireSecret, .emptyGroup, .halfDirectory: 1
            case .renameProduct, .retireAgent: 2
            default: nil
            }
        }
    }

    /// What becomes of a key that was asked for.
    enum Outcome: String, CaseIterable {
        case fetched
        /// The second person does not agree, or the offer is taken back.
        case refused
        /// Whoever may fetch it comes too late, or nobody has decided in time.
        case expired

        /// When it is fetched, or is not to be had any more.
        var usualDays: Int { self == .expired ? SimulatedHandOuts.lifetimeDays + 2 : 1 }
    }

    enum Moment: Equatable {
        case date(Date)
        /// Some working day of that month, which the seed decides; 1 is the first.
        case month(Int)
        /// 1 is the first day.
        case day(Int)
    }

    var kind: Kind
    var moment: Moment
    var count = 1
    /// Numbers of people; empty for some whom the seed decides.
    var who: [Int] = []
    var days: Int?
    /// Name of a CA; nil for the one in use, or the tenant.
    var ca: String?
    /// RFC 5280 section 5.3.1.
    var reason: Int?
    /// Number of a shared mailbox, from 1; nil for one that the seed decides.
    var mailbox: Int?
    /// Of a key that somebody asks for; nil for one that the seed decides.
    var outcome: Outcome?
}
