// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import YAMLDocuments

/// Adds and compiles programs that no file holds.
struct Programs {
    let library: ExpressionLibrary
    let collector = DiagnosticCollector()

    init(limits: EvaluationLimits = EvaluationLimits()) { library = ExpressionLibrary(limits: limits) }

    /// - Returns: nil when the scanner refuses the program.
    func add(_ source: String, keyPath: String = "test") -> JQProgram? {
        let node = YAMLNode(.scalar(source, isPlain: false), file: "test.yaml", line: 1, column: 1)
        return library.add(source, node: node, keyPath: keyPath, collector: collector)
    }
}
