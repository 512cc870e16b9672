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
        let exchanges = try RecordedOrder(folder: invocation.requiredWord("DIR")).exchanges()
        let answers = Dictionary(exchanges.map { ($0.key, $0.served) }, uniquingKeysWith: { _, last in last })
        let server = try HTTPServer { request in
            answers["\(request.method) \(request.target)"] ?? .text("not in the record", status: 404)
        }
        let line: JSONValue = ["url": .string(server.url)]
        Terminal.print(line.text)
        while readLine() != nil {}
        server.stop()
        return .done
    }
}
