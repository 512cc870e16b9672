// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Directory
import Foundation
import Gateway
import JSONDocuments
import Settings

/// `certway doctor`: configuration, permissions, reachability, clock, expiring credentials.
enum DoctorCommand {
    static let command = Command(
        "doctor", "check everything the gateway depends on, and say what to do",
        examples: [("certway doctor", "after setting up, and whenever something is odd")]
    ) { invocation in
        let gateway = try await Gateway.open(invocation)
        var examination = Examination()
        await examination.check("sealing key") {
            _ = try gateway.home.loadSealingKey()
            return "\(gateway.home.sealingKey) is there; back it up with the database"
        }
        for problem in gateway.configuration.inconsistencies() { examination.note("configuration", .failed, problem) }
        for problem in gateway.profiles.catalogue.problems(.everything) {
            examination.note("connector profiles", .failed, "\(problem)")
        }
        await tenant(gateway, &examination)
        await agents(gateway, &examination)
        for name in gateway.backends.names {
            switch gateway.backends[name] {
            case .ready(let backend)?:
                await examination.check("backend CA \(name)") {
                    let report = try await backend.connector.check()
                    return ([report.account] + report.warnings).joined(separator: "; ")
                }
                for root in backend.acceptedRoots where root.notAfter < Date() + 90 * 86_400 {
                    examination.note(
                        "backend CA \(name)", .warning,
                        "accepted root \(root.subject) ends \(root.notAfter.ISO8601Format())")
                }
            case .unusable(let reason)?: examination.note("backend CA \(name)", .failed, reason)
            case nil: break
            }
        }
        let held = try await gateway.ledger.counts().reduce(0) { $0 + $1.held }
        if held > 0 {
            examination.note("orders", .warning, "\(held) held for a person; see 'certway order list --held'")
        }
        examination.show(invocation)
        return examination.worst == .failed ? .failed : .done
    }

    private static func tenant(_ gateway: Gateway, _ examination: inout Examination) async {
        do {
            let graph = try gateway.graphClient()
            for finding in try await DirectoryCheck(graph: graph).run(
                groups: gateway.configuration.templates.map(\.group))
            {
                examination.note(
                    finding.subject, finding.problem == nil ? .ok : .failed, finding.problem.map { "\($0)" } ?? "ok")
            }
            if let uploader = try gateway.uploader(graph) {
                await examination.check("Intune") {
                    try await uploader.check()
                    return "imported PFX can be read"
                }
            } else {
                examination.note("Intune", .warning, "section intune is missing; nothing is delivered to devices")
            }
        } catch {
            examination.note("tenant", .failed, "\(error)")
        }
    }

    private static func agents(_ gateway: Gateway, _ examination: inout Examination) async {
        for configured in gateway.configuration.keyRecoveryAgents {
            let subject = "key recovery agent \(configured.name)"
            do {
                let agent = try gateway.keyRecoveryAgent(configured)
                let findings = agent.findings(at: Date())
                for finding in findings {
                    examination.note(subject, finding.severity == .error ? .failed : .warning, finding.message)
                }
                if findings.isEmpty {
                    examination.note(
                        subject, .ok, "certificate valid to \(agent.certificate.notAfter.ISO8601Format())")
                }
            } catch {
                examination.note(subject, .failed, "\(error)")
            }
        }
    }
}

/// What the doctor found, in order.
struct Examination {
    enum Verdict: String, Comparable {
        case ok, warning, failed
        private var rank: Int { self == .ok ? 0 : self == .warning ? 1 : 2 }
        static func < (left: Verdict, right: Verdict) -> Bool { left.rank < right.rank }
    }

    private var findings: [(subject: String, verdict: Verdict, text: String)] = []

    var worst: Verdict { findings.map(\.verdict).max() ?? .ok }

    mutating func note(_ subject: String, _ verdict: Verdict, _ text: String) {
        findings.append((subject, verdict, text))
    }

    mutating func check(_ subject: String, _ body: () async throws -> String) async {
        do {
            note(subject, .ok, try await body())
        } catch {
            note(subject, .failed, "\(error)")
        }
    }

    func show(_ invocation: Invocation) {
        if invocation.wantsJSON {
            let list = findings.map { finding -> JSONValue in
                [
                    "subject": .string(finding.subject), "verdict": .string(finding.verdict.rawValue),
                    "text": .string(finding.text),
                ]
            }
            return Terminal.print(JSONValue.array(list).text)
        }
        var table = TextTable("CHECK", "RESULT", "")
        for finding in findings { table.add(finding.subject, finding.verdict.rawValue, finding.text) }
        Terminal.print(table.text)
    }
}
