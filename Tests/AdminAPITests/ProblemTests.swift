// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Gateway
import Ledger
import MicrosoftGraph
import Settings
import Store
import Testing
import YAMLDocuments

@testable import AdminAPI

@Suite struct ProblemTests {
    private static let denied: any Error = {
        do {
            try Caller(name: "ada", roles: [.helpdesk], origin: "by group CW-Helpdesk").require(.configure)
            return CancellationError()
        } catch { return error }
    }()

    @Test(arguments: [
        (SettingsError("no template \"x\"", at: .commandLine) as any Error, 422, "caller"),
        (SettingsError("not now", at: .state), 409, "caller"), (SettingsError("wrong file"), 409, "administrator"),
        (LedgerError.noSuchOrder("cw-1"), 404, "caller"), (LedgerError.notPossible("why"), 409, "caller"),
        (LedgerError.leaseLost(reference: "cw-1"), 409, "caller"), (LedgerError.notInCharge, 503, "nobody"),
        (ListError.otherList, 400, "caller"), (StoreError(.busy, "locked"), 503, "nobody"),
        (StoreError(.corrupt, "broken"), 500, "operator"), (ConnectorError(.refused, "no"), 409, "caller"),
        (ConnectorError(.transient, "no"), 503, "nobody"),
        (ConnectorError(.authentication, "no"), 502, "administrator"),
        (GraphError(.permission, "no"), 502, "administrator"), (denied, 403, "administrator"),
        (CancellationError(), 503, "nobody"),
    ])
    func everyErrorSaysWhoActs(_ error: any Error, _ status: Int, _ actor: String) {
        let problem = APIProblem(error, isLookup: false)
        #expect(problem.status == status && problem.actor == actor, "\(problem)")
        #expect(problem.nextStep?.isEmpty == false && problem.code != .internal && !problem.title.isEmpty)
        #expect(APIProblem.schema.faults(problem.json) == [])
    }

    @Test func aNameThatNothingHasIsNotThere() {
        let problem = APIProblem(SettingsError.unknown("template", "smine", ["smime"]), isLookup: true)
        #expect(problem.status == 404 && problem.detail.contains("smime"))
    }

    @Test func allMistakesOfADocumentAreTold() {
        let all = Diagnostics([
            Diagnostic(file: "f", keyPath: "a.b", message: "one"),
            Diagnostic(file: "f", line: 7, keyPath: "c", message: "two", hint: "three"),
        ])
        let problem = APIProblem(all, isLookup: false)
        #expect(problem.status == 422 && problem.errors.map(\.pointer) == ["a.b", "c"])
        #expect(problem.errors[1].detail == "line 7: two; three")
    }
}
