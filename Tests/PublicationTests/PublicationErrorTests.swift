// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import MicrosoftGraph
import Publication
import Testing

@Suite struct PublicationErrorTests {
    /// Whoever must act for the service must act for the publication.
    @Test(arguments: [
        (GraphError.Kind.throttled, PublicationError.Kind.transient), (.outcomeUnknown, .transient),
        (.authentication, .permission), (.permission, .permission), (.notFound, .noEntry), (.refused, .refused),
        (.endless, .configuration),
    ])
    func namesWhoMustAct(_ given: GraphError.Kind, _ expected: PublicationError.Kind) {
        let error = PublicationError(GraphError(given, "because", retryAfter: .seconds(7)))
        #expect(error.kind == expected && error.retryAfter == .seconds(7) && error.message == "because")
    }
}
