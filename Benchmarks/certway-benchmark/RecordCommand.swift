// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments

/// `certway-benchmark record`: places one order at the sandbox CA and keeps what went over the line.
enum RecordCommand {
    static let command = Command(
        "record", "place one order at the sandbox CA and keep its requests and answers",
        arguments: [
            Argument("CONNECTOR", "connector profile whose CA the sandbox imitates"),
            Argument("DIR", "folder for the record; made if missing"),
        ]
    ) { invocation in
        let name = invocation.requiredWord("CONNECTOR")
        let folder = URL(filePath: invocation.requiredWord("DIR")).standardizedFileURL.path
        let profiles = BenchmarkProfiles(folder: folder)
        let order = RecordedOrder(folder: folder)
        let sandbox = try order.prepare(name, profiles)
        defer { withExtendedLifetime(sandbox) {} }
        let recorder = RecordingHTTPClient()
        let backend = try order.backend(profiles, server: nil) { recorder.recording($0) }
        _ = try await OrderPlacement(backend: backend, request: order.request()).place(pause: .milliseconds(200))
        try order.write(exchanges: recorder.exchanges)
        let result: JSONValue = ["requests": JSONValue(recorder.exchanges.map { "\($0.method) \($0.target)" })]
        Terminal.print(json: result.text)
        return .done
    }
}
