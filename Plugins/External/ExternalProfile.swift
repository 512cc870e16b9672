// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import YAMLDocuments

/// The section `external` of a profile.
struct ExternalProfile: Sendable {
    /// Key of the setting that holds the program's path: only an administrator can name a program.
    var program = "program"
    var processes = 4
    var timeout = Duration.seconds(60)
    var startTimeout = Duration.seconds(10)
    var maximumAnswer = 1 << 20

    static let keys: [ProfileKey] = [
        ProfileKey(
            "settings", "mapping",
            "What the administrator gives for a backend CA; the program is told all of it, secrets too.",
            example: "\n  program: {type: file, title: Program, help: absolute path of an executable}"),
        ProfileKey("external", "mapping", "How the program is run.", example: "{program: program}"),
        ProfileKey(
            "external.program", "text",
            "Setting that holds the program's path; `program` when left out. Its type is file."),
        ProfileKey(
            "external.processes", "whole number", "Programs running at a time, each with one call; 4 when left out.",
            in: 1...64),
        ProfileKey("external.timeout", "duration", "Bound for one call; 60s when left out."),
        ProfileKey("external.startTimeout", "duration", "Bound for the first answer of a program; 10s when left out."),
        ProfileKey(
            "external.maximumAnswer", "whole number",
            "Longest line the program may write, in bytes; 1 MiB when left out.", in: 1024...(64 << 20)),
    ]

    /// - Returns: everything wrong with it; also with what it needs of the rest.
    static func read(_ profile: ConnectorProfile) -> (section: ExternalProfile, problems: [Diagnostic]) {
        let collector = DiagnosticCollector()
        var section = ExternalProfile()
        let node = profile.sections["external"]
        if let node {
            let reader = MappingReader(node, path: "external", collector: collector)
            section.program = reader.string("program") ?? section.program
            section.processes =
                reader.int("processes", in: Self.keys.range(of: "external.processes")) ?? section.processes
            section.timeout = reader.duration("timeout", in: .exchange) ?? section.timeout
            section.startTimeout = reader.duration("startTimeout", in: .exchange) ?? section.startTimeout
            section.maximumAnswer =
                reader.int("maximumAnswer", in: Self.keys.range(of: "external.maximumAnswer")) ?? section.maximumAnswer
            reader.finish(known: keys.names(in: "external"))
        }
        var problems = profile.diagnoseSections(known: keys) + collector.sorted
        let setting = profile.settings.first { $0.key == section.program }
        if setting?.type != .file || setting?.isRequired != true {
            problems.append(
                Diagnostic(
                    file: profile.file, line: node?.line ?? 1, column: node?.column ?? 1,
                    keyPath: "settings.\(section.program)",
                    message: "expected a required setting of type file, which names the program",
                    hint: "\(section.program): {type: file, title: Program}"))
        }
        return (section, problems)
    }
}
