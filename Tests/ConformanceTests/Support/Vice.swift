// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// One thing the pretend CA or its connector does wrong; `Vice.notice` says which checks must see it.
enum Vice: String, CaseIterable, Sendable {
    // The CA, as it lets in.
    case refusesTheRightKey, acceptsAnyKey, keysNeverExpire, namelessAccount
    // The CA, as it issues. What is said of the certificate in general it does to the first of a run only.
    case wrongKey, addsAddress, leavesNamesOut, shortValidity, longValidity, expired, sendsTheRoot, foreignIssuer
    case wrongUsage, dropsAddresses, mangleUmlauts, cutsNames, cutsAddresses, dropsPseudonyms, addsRealName
    case dropsPrincipalNames, dropsSecurityIdentifiers
    case refusesKeys, refusesCurves, takesWeakKeys, takesAnyProduct, refusesProductsSilently, certifiesAnyDomain
    case refusesEverything, refusesUnclearly, neverIssues, refusesSlowClocks, refusesFastClocks
    // The CA, as it keeps orders.
    case decidesAtOnce, losesWaitingOrders, approvesByItself, issuesRejected, rejectsWithoutReason
    case issuesWithoutProof, saysProven, provesByItself, listsAddressTwice, listsAnotherAddress
    case unknownOrderWaits, unknownOrderIsIssued, ignoresCancel, cancelsIssued, ordersTwice, mixesOrders
    case inventoryIncomplete, inventoryRepeats, wrongSerial
    // The CA, as it revokes.
    case hidesRevocation, refusesRevocation, wrongRevocationReason, hidesReasons, revokesAnother, neverReleases,
        revokesAnything
    case renewalRevokes
    // The connector: what it reports and which words it finds for failures.
    case canDoNothing, keyInTheReport, endlessReport, believesAnyAnswer, callsExpiredTransient
    case callsRefusedLoginsRefused, callsLostAnswersTransient, callsThemRefused, callsUnsentUnknown, hidesUnsent
    case callsUnreachableConfiguration, callsDistrustTransient, callsUnavailableRefused, callsThrottledOrdersRefused
    case callsOddAnswersRefused, ignoresRetryAfter, ignoresRetryAfterOfFailures, holdsNobodyBack
    case showsTheKey, tellsTheKey, losesReasons
    // The connector: how it orders.
    case understandsNoAnswer, ordersAgainBlindly, ordersAgainUnsent, ordersTwiceWhenThrottled, needsFewerRequestsLater,
        ordersWithoutID
    case changesItsIDs, cannotBeCancelled, waitsForEver, takesAnySize
    case ignoresGate, opensGateTwice, opensGateEarly, opensGateLate, wrapsGateError, goesOnWhenClosed
    case sendsMoreWhenClosed, renewsPastTheGate, renewsWithTheOldOne
    // The connector: what else it does.
    case takesNothingForAbsence, believesAnyList, findsNothing, findsAnybodys, buysWhenLooking, losesBetweenPages
    case forgetsToWriteAgain
    case givesNoReason, takesAnyReason, listsNoProducts, listsProductsTwice
}
