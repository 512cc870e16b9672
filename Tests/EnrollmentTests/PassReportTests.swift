// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Planning

@Suite struct PassReportTests {
    /// A node that leaves planning to another one does not say that there is nothing to plan.
    @Test func whoHasNotPlannedSaysNothingOfTemplates() {
        #expect(EnrollmentPass.Report().standstill.isEmpty)
        var planned = EnrollmentPass.Report()
        planned.templates = 0
        #expect(planned.standstill.count == 1)
    }
}
