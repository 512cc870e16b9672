// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// One thing the pretend CA or its connector does wrong, and the check that must notice.
enum Vice: String, CaseIterable, Sendable {
    // The CA.
    case acceptsAnyKey = "credentials.wrong.key"
    case wrongKey = "certificate.request"
    case addsAddress = "certificate.names"
    case leavesNamesOut = "certificate.names "
    case shortValidity = "certificate.validity"
    case longValidity = "certificate.validity "
    case expired = "certificate.validity  "
    case wrongUsage = "purpose.smime"
    case dropsAddresses = "names.several"
    case mangleUmlauts = "names.umlauts"
    case cutsNames = "names.longest"
    case takesWeakKeys = "keys.refused"
    case rejectsWithoutReason = "pending.rejected"
    case issuesRejected = "pending.rejected "
    case neverIssues = "orders.issued"
    case unknownOrderWaits = "orders.unknown"
    case ignoresCancel = "cancel.pending"
    case ordersTwice = "orders.exactly-one"
    case mixesOrders = "load.concurrent"
    case inventoryIncomplete = "inventory.complete"
    case inventoryRepeats = "inventory.complete "
    case wrongSerial = "inventory.serials"
    case losesBetweenPages = "inventory.pages"
    case hidesRevocation = "revoke.keyCompromise"
    case wrongRevocationReason = "revoke.keyCompromise "
    case hidesReasons = "revoke.keyCompromise    "
    case revokesAnother = "revoke.keyCompromise  "
    case neverReleases = "revoke.hold"
    case refusesEverything = "orders.issued "
    case refusesCurves = "keys.p384"
    // The connector.
    case callsLostAnswersTransient = "faults.lost-answer"
    case callsThemRefused = "faults.time-out-after"
    case ordersAgainBlindly = "find.lost-answer"
    case needsFewerRequestsLater = "faults.lost-answer "
    case takesNothingForAbsence = "odd.lists"
    case believesAnyAnswer = "odd.check"
    case ignoresRetryAfter = "faults.throttled"
    case callsThrottledOrdersRefused = "faults.throttled-order"
    case ordersTwiceWhenThrottled = "faults.throttled-order "
    case forgetsToWriteAgain = "validation.resend"
    case givesNoReason = "revoke.superseded"
    case showsTheKey = "secrets.unseen"
    case findsNothing = "find.same-reference"
    case findsAnybodys = "find.absent"
    case renewsWithTheOldOne = "renew.new-key"
    case takesAnyReason = "revoke.not-offered"
    case doesNotListProducts = "products.listed"
    case sayNothing = "refusal.unknown-product"

    /// Id of the check; several vices may be noticed by the same one.
    var check: String { rawValue.trimmingCharacters(in: .whitespaces) }
}
