// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CJQ
internal import JSONDocuments

/// Why an evaluation gave no result, before it is told to anyone.
enum JQFailure: Error {
    case raised(JSONValue)
    case timeLimit
    case memoryLimit
    case outputLimit
    case notCompiled

    /// - Parameter program: as written; a name that stands in it is no value.
    func error(keyPath: String, limits: EvaluationLimits, program: String) -> ExpressionError {
        switch self {
        case .raised(let value):
            let text = Self.line(value.string ?? value.text)
            return ExpressionError(
                .failed, keyPath: keyPath,
                message: Self.withoutValues(text, program) ?? "the expression raised an error",
                detail: text, raised: value)
        case .timeLimit:
            return ExpressionError(
                .timeLimit, keyPath: keyPath,
                message: "stopped, the expression ran longer than \(limits.time)")
        case .memoryLimit:
            return ExpressionError(
                .memoryLimit, keyPath: keyPath,
                message: "stopped, the expression took more than \(limits.memory >> 20) MiB of memory")
        case .outputLimit:
            return ExpressionError(
                .outputLimit, keyPath: keyPath,
                message:
                    "the output is larger than \(limits.output >> 10) KiB or nested deeper than \(limits.depth) levels")
        case .notCompiled:
            return ExpressionError(
                .notCompiled, keyPath: keyPath, message: "the expressions of this file do not compile")
        }
    }

    /// One line of at most 300 characters.
    static func line(_ text: String) -> String {
        String(text.prefix(300).map { $0.isNewline ? " " : $0 })
    }

    /// jq's own sentence with the values it quotes cut out; nil for any other text, because a profile's own `error` may
    /// be made of input values.
    private static func withoutValues(_ text: String, _ program: String) -> String? {
        if let match = text.wholeMatch(of: /Cannot index ([a-z]+) with (?:string )?"(\w+)"/),
            program.contains(".\(match.2)")
        {
            return "cannot index \(match.1) with \"\(match.2)\""
        }
        var text = Substring(text)
        // From the first to the last, because a quoted value may hold the closing character itself.
        for (opening, closing) in [("(", ")"), ("\"", "\"")] as [(Character, Character)] {
            guard let first = text.firstIndex(of: opening) else { continue }
            let last = text.lastIndex(of: closing).map(text.index(after:)) ?? text.endIndex
            text.replaceSubrange(first..<max(first, last), with: "…")
        }
        let words = text.lowercased().split { !$0.isLetter }
        guard !words.isEmpty, words.allSatisfy({ vocabulary.contains(String($0)) }) else { return nil }
        return words.joined(separator: " ")
    }

    /// The words of libjq's own messages about wrong types.
    private static let vocabulary = Set(
        """
        cannot index iterate over with and or null boolean number string array object be added subtracted multiplied \
        divided because the divisor is zero as it not a an parsed matched sorted grouped imploded containment checked \
        have has no keys length their check whether contains element elements of field fields delete update at slice \
        slices regex failure json value values use must only input inputs required range arguments out bounds negative \
        in invalid path expression text too large for more digits than are kept split separator strings inputs requires \
        startswith endswith explode ltrimstr rtrimstr ascii downcase upcase contents join test match searched
        """.split(separator: " ").map(String.init))
}
