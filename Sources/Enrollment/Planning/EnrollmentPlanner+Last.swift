// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Settings

extension EnrollmentPlanner {
    /// What the plan for a template says as it was last made; reads neither directory nor ledger.
    public func last(_ template: TemplateConfiguration) async throws -> PlanSummary {
        let (verdicts, reasons) = try await decisions.counts(template: template.name)
        return PlanSummary(
            template: template.name, counts: verdicts, evaluated: 0, skippedByReason: reasons,
            warnings: template.warnings)
    }
}
