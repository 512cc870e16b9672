// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
public import Foundation
public import JSONDocuments
import PKIX

/// The rules of all rule files, ready to be asked.
///
/// All programs of a file for a stage are one, because an evaluation costs mostly the way of the facts into the interpreter: some
/// hundred microseconds for all rules together, and some 50 ms once for compiling.
public struct RuleBook: Sendable {
    /// The rules of one file that can be looked at in one stage.
    struct Program: Sendable {
        let stage: RuleStage
        let rules: [CertificationRule]
        /// Gives a list for each rule, of its outputs, or an object that says what went wrong.
        let program: JQProgram
    }

    /// In the order of the files.
    public let rules: [CertificationRule]
    /// Where they were read.
    public let files: [String]
    private let programs: [Program]
    private let digest: String

    init(_ rules: [CertificationRule], files: [String], programs: [Program]) {
        self.rules = rules
        self.files = files
        self.programs = programs
        let texts = rules.map(\.json.text) + programs.map(\.program.source)
        digest = DigestAlgorithm.sha256.digest(Array(texts.joined(separator: "\n").utf8)).prefix(12).hex
    }

    public func rule(_ id: String) -> CertificationRule? { rules.first { $0.id == id } }

    /// Rules in force at `date` about `subject` at that stage.
    public func rules(about subject: RuleSubject, _ stage: RuleStage, at date: Date) -> [CertificationRule] {
        rules.filter { $0.stages.contains(stage) && $0.isInForce(at: date) && $0.concerns(subject) }
    }

    /// Changes when other rules are in force, so that verdicts are made anew on the day of a rule.
    public func fingerprint(at date: Date) -> String {
        let inForce = rules.filter { $0.isInForce(at: date) }.map(\.id).joined(separator: " ")
        return digest + DigestAlgorithm.sha256.digest(Array(inForce.utf8)).prefix(6).hex
    }

    /// What breaks rules in force at `date`, in the order of the rules. What cannot be looked at is a finding, too, and warns.
    ///
    /// - Parameter facts: see `OrderFacts` and `CertificateFacts`.
    public func findings(
        _ facts: JSONValue, about subject: RuleSubject, _ stage: RuleStage, at date: Date
    ) -> [RuleFinding] {
        guard !subject.isEmpty else { return [] }
        return programs.filter { $0.stage == stage }.flatMap { part -> [RuleFinding] in
            do throws(ExpressionError) {
                let outputs = try part.program.evaluate(facts).array ?? []
                return zip(part.rules, outputs).filter { $0.0.isInForce(at: date) && $0.0.concerns(subject) }
                    .flatMap { $0.findings($1) }
            } catch {
                return part.rules.prefix(1).map {
                    $0.unfit("the rules of \($0.file) cannot be looked at: \(error.message)")
                }
            }
        }
    }
}

extension CertificationRule {
    /// From what the program gave for this rule.
    fileprivate func findings(_ output: JSONValue) -> [RuleFinding] {
        if let broken = output["broken"] {
            return [unfit("its program in \(file) cannot be evaluated: \(broken.string ?? broken.text)")]
        }
        var seen: Set<RuleFinding> = []
        return (output.array ?? []).compactMap(finding).filter { seen.insert($0).inserted }
    }

    fileprivate func unfit(_ sentence: String) -> RuleFinding {
        RuleFinding(
            rule: id, source: source, severity: .warn, field: "", value: nil, finding: SafeText.sentence(sentence))
    }

    /// From one output: true, the name of a field, or an object with `field`, `value`, `severity` and `finding`, each of which may be
    /// left out.
    private func finding(_ output: JSONValue) -> RuleFinding? {
        switch output {
        case .null, .bool(false): nil
        case .object:
            RuleFinding(
                rule: id, source: source,
                severity: output["severity"]?.string.flatMap(RuleSeverity.init(rawValue:)) ?? severity,
                field: output["field"]?.string ?? "",
                value: output["value"].flatMap { $0.isNull ? nil : SafeText.sentence($0.string ?? $0.text) },
                finding: output["finding"]?.string ?? self.finding)
        default:
            RuleFinding(
                rule: id, source: source, severity: severity, field: output.string ?? "", value: nil,
                finding: self.finding)
        }
    }
}
