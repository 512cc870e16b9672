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
        try profiles.writeUnlimited(name, to: folder)
        let sandbox = try ServiceProcess(
            Programs.sibling("certway-sandbox"), ["serve", "--only", name, "--unlimited", "--exit-with-parent"])
        guard let description = sandbox.description["cas"]?[name], let profile = profiles.catalogue.profile(named: name)
        else { throw BenchmarkError("certway-sandbox imitates no CA for connector \(name)") }
        let order = RecordedOrder(folder: folder)
        try order.prepare(
            connector: name, sandbox: description,
            secretSettings: Set(profile.settings.filter { $0.type == .secret }.map(\.key)))
        let recorder = RecordingHTTPClient(CurlHTTPClient())
        let backend = try order.backend(profiles, server: nil, http: recorder)
        _ = try await OrderPlacement(backend: backend, request: order.request()).place(pause: .milliseconds(200))
        try order.write(exchanges: recorder.exchanges)
        let result: JSONValue = ["requests": JSONValue(recorder.exchanges.map(\.key))]
        Terminal.print(result.text)
        return .done
    }
}
