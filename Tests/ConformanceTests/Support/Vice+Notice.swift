// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import PKIX

extension Vice {
    /// The checks that must turn red, and no other.
    struct Notice {
        let ids: Set<String>
        /// False where so much goes wrong that others may turn red, too.
        var isExact = true
    }

    private static let keys = KeyType.allCases.map { "keys.\($0.rawValue)" }
    /// Those that the kit orders for.
    private static let purposes = CertificatePurpose.allCases.filter { $0 != .serverAuthentication }.map {
        "purpose.\($0.rawValue)"
    }
    private static let abilities = ConnectorAbility.allCases.map { "declared.\($0.rawValue)" }
    private static let reasons = ["revoke.keyCompromise", "revoke.superseded"]

    /// How long the kit waits; short for those who let it wait in vain, and all tests may run at once.
    var patience: Duration {
        switch self {
        case .neverIssues, .losesWaitingOrders, .hidesRevocation, .neverReleases, .inventoryIncomplete,
            .losesBetweenPages, .ordersWithoutID, .changesItsIDs, .cannotBeCancelled:
            .seconds(8)
        default: .seconds(30)
        }
    }

    var notice: Notice {
        switch self {
        case .leavesNamesOut: Notice(ids: ["certificate.names", "names.umlauts", "names.longest"], isExact: false)
        case .refusesEverything, .refusesUnclearly: Notice(ids: ["orders.issued"], isExact: false)
        case .refusesRevocation: Notice(ids: Set(Self.reasons + ["revoke.hold"]), isExact: false)
        case .ordersAgainBlindly:
            Notice(ids: ["find.lost-answer", "faults.lost-answer", "faults.time-out-after"], isExact: false)
        case .needsFewerRequestsLater: Notice(ids: ["faults.lost-answer"], isExact: false)
        default: Notice(ids: Set(ids))
        }
    }

    private var ids: [String] {
        switch self {
        case .leavesNamesOut, .refusesRevocation, .refusesEverything, .refusesUnclearly, .ordersAgainBlindly,
            .needsFewerRequestsLater:
            []
        case .refusesTheRightKey: ["credentials.good"]
        case .acceptsAnyKey: ["credentials.wrong.key"]
        case .keysNeverExpire: ["credentials.expired"]
        case .namelessAccount, .endlessReport: ["account.report"]
        case .keyInTheReport: ["account.report"]
        case .callsExpiredTransient: ["credentials.expired", "credentials.wrong.key"]
        case .callsRefusedLoginsRefused: ["credentials.refused-once"]
        case .canDoNothing: Self.abilities
        case .listsNoProducts, .listsProductsTwice: ["products.listed"]
        case .neverIssues: ["orders.issued"]
        case .understandsNoAnswer: ["orders.understood"]
        case .ordersWithoutID: ["orders.issued", "orders.unknown", "inventory.complete", "inventory.pages"]
        case .wrongKey: ["certificate.request"]
        case .addsAddress: ["certificate.request", "certificate.names"]
        case .shortValidity, .longValidity: ["certificate.request", "certificate.validity"]
        case .expired: ["certificate.request", "certificate.validity", "certificate.chain"]
        case .sendsTheRoot: ["certificate.chain"]
        case .foreignIssuer: ["certificate.request", "certificate.chain"]
        case .wrongUsage: Self.purposes
        case .refusesKeys: Self.keys
        case .refusesCurves: ["keys.p384"]
        case .takesWeakKeys: ["keys.refused"]
        case .dropsAddresses: ["names.several"]
        case .mangleUmlauts: ["names.umlauts"]
        case .cutsNames: ["names.longest"]
        case .cutsAddresses: ["names.longest-address"]
        case .dropsPseudonyms, .addsRealName: ["names.pseudonym"]
        case .dropsPrincipalNames, .dropsSecurityIdentifiers: ["names.upn", "names.security-identifier"]
        case .takesAnyProduct, .refusesProductsSilently: ["refusal.unknown-product"]
        case .certifiesAnyDomain: ["refusal.foreign-domain", "validation.state"]
        case .issuesWithoutProof: ["refusal.foreign-domain", "validation.state"]
        case .unknownOrderWaits, .unknownOrderIsIssued: ["orders.unknown"]
        case .decidesAtOnce: ["pending.issued", "pending.approved", "pending.rejected", "cancel.pending"]
        case .losesWaitingOrders: ["pending.issued"]
        case .changesItsIDs: ["pending.issued", "inventory.complete", "inventory.pages"]
        case .approvesByItself: ["pending.approved"]
        case .issuesRejected, .rejectsWithoutReason, .losesReasons: ["pending.rejected"]
        case .saysProven, .provesByItself, .listsAddressTwice, .listsAnotherAddress: ["validation.state"]
        case .forgetsToWriteAgain: ["validation.resend"]
        case .ignoresCancel: ["cancel.pending"]
        case .cancelsIssued: ["cancel.issued"]
        case .ordersTwice: ["orders.exactly-one"]
        case .findsNothing: ["find.same-reference"]
        case .findsAnybodys: ["find.absent"]
        case .buysWhenLooking: ["find.buys-nothing"]
        case .ignoresGate: ["gate.opened-first", "gate.once", "gate.last", "gate.closed", "gate.renewal"]
        case .opensGateTwice: ["gate.once", "gate.last"]
        case .opensGateEarly: ["gate.last"]
        case .opensGateLate: ["gate.opened-first", "gate.last", "gate.closed", "gate.renewal"]
        case .wrapsGateError, .goesOnWhenClosed, .sendsMoreWhenClosed: ["gate.closed", "gate.renewal"]
        case .renewsPastTheGate: ["gate.renewal"]
        case .callsLostAnswersTransient, .callsThemRefused:
            ["find.lost-answer", "faults.lost-answer", "faults.time-out-after"]
        case .callsUnsentUnknown, .hidesUnsent, .ordersAgainUnsent: ["faults.time-out-before"]
        case .callsUnreachableConfiguration, .callsDistrustTransient: ["faults.unreachable"]
        case .callsUnavailableRefused, .ignoresRetryAfterOfFailures: ["faults.unavailable"]
        case .ignoresRetryAfter: ["faults.throttled", "faults.throttled-order"]
        case .holdsNobodyBack: ["faults.throttled", "faults.throttled-order"]
        case .callsThrottledOrdersRefused, .ordersTwiceWhenThrottled: ["faults.throttled-order"]
        case .cannotBeCancelled: ["faults.cancelled"]
        case .waitsForEver, .takesAnySize: ["faults.bounded"]
        case .believesAnyAnswer: ["odd.check"]
        case .callsOddAnswersRefused: ["odd.order"]
        case .takesNothingForAbsence: ["odd.lists"]
        case .believesAnyList: ["find.another-question"]
        case .refusesSlowClocks: ["clock.behind"]
        case .refusesFastClocks: ["clock.ahead"]
        case .hidesRevocation, .wrongRevocationReason, .hidesReasons, .givesNoReason: Self.reasons + ["revoke.hold"]
        case .revokesAnother: Self.reasons
        case .neverReleases: ["revoke.hold"]
        case .takesAnyReason: ["revoke.not-offered"]
        case .revokesAnything: ["revoke.unknown"]
        case .renewsWithTheOldOne: ["renew.new-key", "gate.renewal"]
        case .renewalRevokes: ["renew.new-key"]
        case .mixesOrders: ["load.concurrent"]
        case .inventoryIncomplete: ["inventory.complete", "inventory.pages"]
        case .inventoryRepeats, .losesBetweenPages: ["inventory.complete", "inventory.pages"]
        case .wrongSerial: ["inventory.serials"]
        case .showsTheKey: ["secrets.unseen"]
        case .tellsTheKey: ["refusal.unknown-product", "secrets.unseen"]
        }
    }
}
