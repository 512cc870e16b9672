// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Testing

@Suite struct ReadinessTests {
    private let one = Readiness.Cause(.backendCA, "backend CA a: order 4711 of Ada", subject: "a", templates: ["smime"])
    private let all = Readiness.Cause(.sealingKey, "the sealing key is gone")

    @Test func someOrAllOrNone() {
        let names = ["smime", "logon"]
        #expect(Readiness([], templates: names, at: Date()).state == .ready)
        let some = Readiness([one], templates: names, at: Date())
        #expect(some.state == .degraded && some.templates == ["smime": false, "logon": true])
        #expect(Readiness([one], templates: ["smime"], at: Date()).state == .notReady)
        let none = Readiness([all], templates: names, at: Date())
        #expect(none.state == .notReady && none.templates == ["smime": false, "logon": false])
    }

    /// Sentences quote CAs and name orders; they are not for everybody.
    @Test func anybodyGetsTheNamesOfTheCauses() {
        let readiness = Readiness([one, all], templates: ["smime"], at: Date())
        let open = readiness.json(isPublic: true).text
        #expect(open.contains("backendCA") && open.contains("sealingKey") && !open.contains("4711"))
        #expect(readiness.json().text.contains("4711"))
        #expect(readiness.json()["ready"]?.bool == false)
    }
}
