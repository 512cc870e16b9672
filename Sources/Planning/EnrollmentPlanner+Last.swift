// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings

extension EnrollmentPlanner {
    /// What the plan for a template says as it was last made; reads neither directory nor ledger.
    public func last(_ template: TemplateConfiguration) async throws -> PlanSummary {
        try await decisions.summary(of: template, at: clock.now())
    }
}
