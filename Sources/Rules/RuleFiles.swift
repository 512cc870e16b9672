// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import Foundation
public import YAMLDocuments

/// The rule files in the `rules.d` folders: `smime.yaml`, which comes with the program, and whatever lies beside or before it.
///
/// A file hides those of its name in later folders, so that newer rules are put in place without a release. A rule hides rules of its id
/// in later files, so that one of them can be another one here.
public struct RuleFiles: Sendable {
    public let folders: [String]

    /// - Parameter folders: searched in order; of two files of one name the first counts.
    public init(folders: [String]) {
        var seen: Set<String> = []
        self.folders = folders.filter { seen.insert($0).inserted }
    }

    /// The files that count, in order.
    public var paths: [String] {
        var seen: Set<String> = []
        return folders.flatMap { folder in
            YAMLFiles.paths(in: folder).filter { seen.insert(URL(filePath: $0).lastPathComponent).inserted }
        }
    }

    /// Reads and compiles all of them; some 100 ms.
    ///
    /// - Throws: `Diagnostics` with every mistake of every file, with line and key path; an operator must act.
    public func read() throws(Diagnostics) -> RuleBook {
        let collector = DiagnosticCollector()
        var readings: [RuleReader.Reading] = []
        let paths = paths
        for path in paths {
            guard let node = Self.node(path, collector) else { continue }
            readings.append(RuleReader(node, collector).read())
        }
        try Self.check(readings, collector)
        return try Self.book(readings, files: paths, collector)
    }

    /// Reads one text, for tests and for who writes rules.
    public static func read(_ text: String, file: String) throws(Diagnostics) -> RuleBook {
        let collector = DiagnosticCollector()
        let reading = RuleReader(try YAMLNode.parse(text, file: file), collector).read()
        try check([reading], collector)
        return try book([reading], files: [file], collector)
    }

    /// Where something is wrong already, programs are compiled all the same: everything is told at once.
    private static func check(
        _ readings: [RuleReader.Reading], _ collector: DiagnosticCollector
    ) throws(Diagnostics) {
        guard !collector.isEmpty else { return }
        for stage in RuleStage.allCases { for reading in readings { examine(reading, stage, collector) } }
        try collector.check()
    }

    private static func node(_ path: String, _ collector: DiagnosticCollector) -> YAMLNode? {
        do {
            try TrustedPath.ofThisProcess.check(path, as: .shared)
            let data = try Data(contentsOf: URL(filePath: path))
            guard let text = String(data: data, encoding: .utf8) else {
                collector.add(Diagnostic(file: path, message: "is not UTF-8 text"))
                return nil
            }
            return try YAMLNode.parse(text, file: path)
        } catch let error as Diagnostics {
            collector.add(contentsOf: error.all)
        } catch let error as DistrustedPath {
            collector.add(Diagnostic(file: path, message: error.message))
        } catch {
            collector.add(Diagnostic(file: path, message: "cannot be read: \(error.localizedDescription)"))
        }
        return nil
    }

    private static func book(
        _ readings: [RuleReader.Reading], files: [String], _ collector: DiagnosticCollector
    ) throws(Diagnostics) -> RuleBook {
        var seen: Set<String> = []
        let inForce = readings.map { reading in reading.rules.filter { seen.insert($0.id).inserted } }
        var programs: [RuleBook.Program] = []
        for stage in RuleStage.allCases {
            // A library for each stage: who only plans never compiles the other one.
            let library = ExpressionLibrary()
            let compiling = DiagnosticCollector()
            for (reading, rules) in zip(readings, inForce) {
                let rules = rules.filter { $0.stages.contains(stage) }
                guard !rules.isEmpty, let node = reading.nodes[rules[0].id] else { continue }
                let text = program(rules, reading.functions)
                guard let program = library.add(text, node: node, keyPath: "rules", collector: compiling) else {
                    continue
                }
                programs.append(RuleBook.Program(stage: stage, rules: rules, program: program))
            }
            library.compile(into: compiling)
            if !compiling.isEmpty {
                // Only when all together do not compile is each looked at alone, to tell which is wrong.
                for reading in readings { examine(reading, stage, collector) }
                if collector.isEmpty { collector.add(contentsOf: compiling.all) }
            }
        }
        try collector.check()
        return RuleBook(inForce.flatMap(\.self), files: files, programs: programs)
    }

    private static func program(_ rules: [CertificationRule], _ functions: String) -> String {
        // A comment at the end of a program ends with its line.
        functions + "\n[" + rules.map { "(try [\($0.program)\n] catch {broken: .})" }.joined(separator: ",\n") + "]"
    }

    /// Compiles the functions, then each rule with them, and notes what jq says at the line of the rule.
    private static func examine(_ reading: RuleReader.Reading, _ stage: RuleStage, _ collector: DiagnosticCollector) {
        if let node = reading.nodes[""], !problems(reading.functions + "\n.", node, "functions", collector).isEmpty {
            return
        }
        for rule in reading.rules where rule.stages.contains(stage) {
            guard let node = reading.nodes[rule.id] else { continue }
            let path = "rules.\(rule.id).find"
            // What a program lacks or has too much of must not fit together with what stands around it.
            guard problems(rule.program, node, path, collector, asOf: reading.functions).isEmpty else { continue }
        }
    }

    @discardableResult
    private static func problems(
        _ text: String, _ node: YAMLNode, _ path: String, _ collector: DiagnosticCollector, asOf functions: String = ""
    ) -> [Diagnostic] {
        let (library, found) = (ExpressionLibrary(), DiagnosticCollector())
        let prefix = functions.isEmpty ? "" : functions + "\n"
        _ = library.add(prefix + text, node: node, keyPath: path, collector: found)
        library.compile(into: found)
        let isBlock = node.scalar?.contains("\n") == true
        let before = isBlock ? prefix.count { $0 == "\n" } : 0
        let known = collector.all.map(\.keyPath)
        let problems = found.all.map { problem in
            Diagnostic(
                file: problem.file, line: max(node.line, (problem.line ?? node.line) - before), keyPath: path,
                message: problem.message, hint: problem.hint)
        }
        // A rule that is asked in both stages is wrong once.
        collector.add(contentsOf: problems.filter { !known.contains($0.keyPath) })
        return problems
    }
}
