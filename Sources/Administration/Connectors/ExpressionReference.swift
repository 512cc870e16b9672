// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Expressions
import ProfileOperations

/// What somebody who knows jq must know of the programs of a profile, for the head of the key reference.
enum ExpressionReference {
    static var markdown: String {
        let limits = EvaluationLimits()
        let refused = ExpressionLibrary.refusedWords.map { "`\($0)`" }.joined(separator: ", ")
        let functions = ExpressionFunction.all.map { "  - `\($0.usage)`: \($0.help)" }.joined(separator: "\n")
        return """
            ## Programs: jq 1.6, and what it may not do

            Values of kind *jq* and holes `${ … }` are programs of **jq 1.6**: what came with 1.7 (`pick`, `abs`, `toarray`, `ltrimstr`
            of a number …) does not exist, and `connector validate` says so.

            - A program sees its input and nothing else. `.settings` has no secrets, except in `login`. Refused: \(refused), and names
              with a leading `_`.
            - Numbers are doubles. So an id keeps its digits, a number that a double would change (from 2^53 = 9007199254740992 on, or with
              more than 15 digits) is **text** in the input; `tonumber` and `fromjson` refuse it. `{"$number": "9007199254740993"}` in `json`
              sends these digits as a number.
            - One evaluation may take \(limits.time), \(limits.memory >> 20) MiB of memory and \(limits.output >> 20) MiB of output nested \(limits.depth) deep; a program
              has at most 64 KiB. What takes longer is ended, and the call fails with the program's key path.
            - In a `.path` the name after each dot is looked up by `connector validate` where it is ours (`.settings`, `.request`, `.order` …);
              what the CA answers (`.json`, `.answer`) it cannot know. `connector validate --try` runs the programs that make requests with
              sample values, all settings given and only the required ones.
            - What is ordered and asked about is the same for every CA:
            \(ProgramInput.markdown)
            - `error({refused: "reason"})` in a request says that the CA would not take it: the order fails with that reason, nothing is sent.
            - Text that goes between delimiters of a CA's own is escaped, or what somebody is called says what the certificate says:
            \(functions)

            """
    }
}
