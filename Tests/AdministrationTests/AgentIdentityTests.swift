// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import KeyArchival
import PKIX
import Settings
import Testing

/// An agent's certificate that is made once more, with another key and the same issuer and serial number, is another agent's.
@Suite(.timeLimit(.minutes(5))) struct AgentIdentityTests {
    private func twin(of certificate: Certificate, name: String, key: PrivateKey) throws -> Certificate {
        var builder = CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", name)], publicKey: try key.publicKey, notBefore: Office.start,
            notAfter: Office.end)
        builder.serialNumber = certificate.serialNumber
        let twin = try builder.selfSigned(key: key)
        #expect(IssuerAndSerialNumber(twin) == IssuerAndSerialNumber(certificate))
        return twin
    }

    private func agents(_ archive: ArchiveOffice, next: String = "next.pem") -> String {
        archive.office.yaml(
            more: "keyRecoveryAgents:\n"
                + [("office", "office.pem"), ("board", "board.pem"), ("next", next)].map { name, file in
                    "  - {name: \(name), certificate: \(archive.office.folder.path)/\(file), key: \"file:\(archive.office.folder.path)/\(name).key\"}\n"
                }.joined())
    }

    /// An order would fail there: it is known before one does.
    @Test func anAgentThatIsOverIsSaidBeforeAnOrderFails() async throws {
        let archive = try await ArchiveOffice(["ada"])
        try await archive.office.apply(agents(archive))
        let gateway = try await archive.office.gateway()
        #expect(gateway.agentProblems(at: Date()).isEmpty)
        let problems = gateway.agentProblems(at: Office.end + 1)
        #expect(Set(problems.keys) == ["office", "board", "next"], "\(problems)")
        try FileManager.default.removeItem(atPath: archive.office.folder.path("board.pem"))
        #expect(Set(gateway.agentProblems(at: Date()).keys) == ["board"])
    }

    @Test func anotherKeyUnderTheSameNameIsRefused() async throws {
        let archive = try await ArchiveOffice(["ada", "bob"])
        #expect(try await archive.machine.rewrap(to: ["next"]).isComplete)
        let old = archive.agents[2].agent.certificate
        let key = try PrivateKey.generate(.rsa2048)
        let twin = try twin(of: old, name: "next", key: key)
        // In the place of the former one, and beside it.
        for file in ["next.pem", "another.pem"] {
            try archive.office.folder.write(twin.pem, to: file)
            for isDryRun in [true, false] {
                let error = await #expect(throws: SettingsError.self) {
                    try await archive.office.apply(agents(archive, next: file), isDryRun: isDryRun)
                }
                #expect(error?.message.contains("keyRecoveryAgents.next.certificate") == true)
                #expect(error?.message.contains("serial number of its own") == true)
            }
            try archive.office.folder.write(old.pem, to: "next.pem")
        }
        // The same key again, or another serial number, is no mix-up.
        try await archive.office.apply(agents(archive))
        let other = try CertificateBuilder(
            profile: .smimeEncryption, subject: [("CN", "next")], publicKey: key.publicKey, notBefore: Office.start,
            notAfter: Office.end
        ).selfSigned(key: key)
        try archive.office.folder.write(other.pem, to: "next.pem")
        let applied = try await archive.office.apply(agents(archive))
        #expect(applied.warnings.contains { $0.contains("next.pem") && $0.contains("former key") })
    }

    /// A site where it had happened before anybody looked: nothing says that the key of today opens, or that one can be removed.
    @Test func whatIsNotOnRecordIsNobodys() async throws {
        let archive = try await ArchiveOffice(["ada", "bob", "cyd"])
        let (old, oldKey) = (archive.agents[0].agent.certificate, archive.agents[0].key)
        let key = try PrivateKey.generate(.rsa2048)
        let twin = try twin(of: old, name: "office", key: key)
        try archive.office.folder.write(twin.pem, to: "office.pem")
        try archive.office.folder.write(key.pem().revealed, to: "office.key")
        try await archive.office.apply(agents(archive))
        let gateway = try await archive.office.gateway()
        let kim = RecoveryAdministration(gateway, caller: .commandLine("kim"))
        let plan = try await kim.rewrap(to: ["office", "board"], isDryRun: true)
        #expect(plan.unchanged == 0 && plan.rewrapped == 3)
        let away = try await kim.rewrap(to: ["next"], isDryRun: true)
        #expect(away.formerlyReadable.map { "\($0.name) \($0.entries)" }.sorted() == ["board 3", "office 3"])
        // The key of today opens nothing, and nothing is lost by trying.
        let failed = try await kim.rewrap(to: ["next"], agent: "office")
        #expect(failed.rewrapped == 0 && failed.failures.count == 3 && !failed.isComplete)
        // By a drill with the former key it is known whose the records are.
        let former = RecoveryAdministration.Opening(certificate: { old }, key: { .file(oldKey) })
        #expect(try await kim.drill(sample: nil, opening: former).isGood)
        let drill = try await kim.drill(sample: nil, agent: "office")
        #expect(drill.opened == 0 && drill.failures.allSatisfy { $0.reason.contains("another key than that of") })
        let known = try await kim.rewrap(to: ["next"], isDryRun: true)
        #expect(known.formerlyReadable.map { "\($0.name) \($0.entries)" }.sorted() == ["board 3", "office 0"])
        let finding = try await Doctor(gateway).examine().findings.first {
            $0.subject == "key recovery agent office" && $0.text.contains("another key under the same issuer")
        }
        #expect(finding?.verdict == .warning)
        // With the former key everything goes to the agents of today, and opens for them.
        let moved = try await kim.rewrap(to: ["office", "next"], opening: former)
        #expect(moved.isComplete && moved.rewrapped == 3)
        #expect(try await kim.drill(sample: nil, agent: "office").isGood)
        #expect(try await kim.rewrap(to: ["office", "next"]).unchanged == 3)
    }
}
