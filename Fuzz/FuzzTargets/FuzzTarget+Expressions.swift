// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import JSONDocuments
import YAMLDocuments

extension FuzzTarget {
    /// Programs of profiles: the scanner decides what libjq gets to see.
    static let jqPrograms = FuzzTarget(
        name: "jq-programs", title: "jq programs and texts with holes",
        words: [
            "env", "$ENV", "input", "import", "debug", "halt", "\\(", "${ ", "reduce", "foreach",
            "label $out | break $out",
        ]
    ) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self) else { return }
        let collector = DiagnosticCollector()
        let library = ExpressionLibrary(limits: EvaluationLimits(time: .milliseconds(200)))
        let node = YAMLNode(.scalar(text, isPlain: false), file: "fuzz.yaml", line: 1, column: 1)
        let program = library.add(node, keyPath: "program", collector: collector)
        let template = library.template(node, keyPath: "template", collector: collector)
        library.compile(into: collector)
        guard collector.sorted.isEmpty else { return }
        _ = try? program?.evaluate(["a": [1, "b"]])
        _ = try? template?.render(["a": [1, "b"]])
    }

    /// Answers of a CA on their way through the programs of a profile.
    static let jqInput = FuzzTarget(
        name: "jq-input", title: "JSON answers read by jq programs",
        words: ["\"errors\"", "\"orders\"", "\"id\"", "null"]
    ) { bytes in
        guard let input = try? JSONValue(parsing: bytes) else { return }
        for program in programs { _ = try? program.evaluate(input) }
    }

    private static let programs: [JQProgram] = {
        let collector = DiagnosticCollector()
        let library = ExpressionLibrary()
        let sources = [
            "[.json.orders[]? | {id: (.id|tostring), s: (.status // \"\")}]",
            "[.json.errors | if type == \"array\" then .[] else . end | .message? // .code?] | join(\"; \")",
            "(.cursor // \"0\" | tonumber) + (.json.orders | length)", ".. | strings | test(\"^[a-z]+$\")",
            "to_entries | map(select(.value != null)) | from_entries", "[paths] | length", "tojson | fromjson",
            ".a.b.c[0:2] | ascii_downcase | split(\",\")", "@base64d", "@uri", "todate? // .now",
        ]
        let programs = sources.compactMap { source in
            library.add(
                YAMLNode(.scalar(source, isPlain: false), file: "fuzz.yaml", line: 1, column: 1), keyPath: source,
                collector: collector)
        }
        library.compile(into: collector)
        demand(collector.sorted.isEmpty && programs.count == sources.count, "\(collector.sorted)")
        return programs
    }()
}
