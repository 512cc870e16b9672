// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import Foundation
import HTTPServing
import JSONDocuments

/// `certway-benchmark answer`: a server that answers at once from a record.
enum AnswerCommand {
    static let command = Command(
        "answer", "serve recorded answers until standard input ends",
        arguments: [Argument("DIR", "folder that 'record' has filled")]
    ) { invocation in
        let answers = RecordedAnswers(try RecordedOrder(folder: invocation.requiredWord("DIR")).exchanges())
        let server = try HTTPServer { answers.answer($0) }
        let line: JSONValue = ["url": .string(server.url)]
        Terminal.print(json: line.text)
        while readLine() != nil {}
        server.stop()
        return .done
    }
}
