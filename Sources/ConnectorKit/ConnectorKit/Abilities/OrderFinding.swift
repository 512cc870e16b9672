// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Finds an order again whose answer was lost. This is what makes a crash or a time-out harmless.
public protocol OrderFinding: CertificateAuthorityConnector {
    /// Searches for the order that carries `request.reference`; reads only, unless `repeatsTheOrder`. What waits for its next step is
    /// found as pending (`PendingOrder.awaitsStep`), and the step is not taken.
    func find(_ request: CertificateRequest) async throws -> OrderSearchResult

    /// How long after the last attempt an order may still become visible; before that, absence proves nothing.
    var absenceIsSureAfter: Duration { get }

    /// Whether `find` knows an order by its reference alone, also one that was placed with another key: then an order can be
    /// found whose key is lost. Where the connector does not say so, no such search is relied on.
    var findsByReferenceAlone: Bool { get }

    /// Whether `find` sends the order once more, to a CA that knows it again and has no other search: what had never arrived is placed by
    /// it. The host then searches only for an order in doubt that its subscriber is still to have, and nothing else.
    var repeatsTheOrder: Bool { get }
}

extension OrderFinding {
    public var findsByReferenceAlone: Bool { false }

    public var repeatsTheOrder: Bool { false }
}

/// What a search by reference proved.
public enum OrderSearchResult: Sendable {
    /// The order exists; the host adopts it.
    case found(EnrollmentOutcome)
    /// The order surely does not exist; the host may submit again.
    case absent
    /// It cannot be told, and why; the host holds the order for a person.
    case undecidable(String)
}
