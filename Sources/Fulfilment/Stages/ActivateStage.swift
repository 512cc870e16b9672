// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Planning

/// delivered → active: nothing is left to do. Publication takes its place between the two.
struct ActivateStage: EnrollmentStage {
    let context: EnrollmentContext

    func perform(_ claim: Claim, _ order: Order) async throws -> Order {
        let active = try await context.record(
            claim, order, OrderChange("active", "the certificate is in use").stage(.active))
        StageBoundary.active.pass()
        return active
    }
}
