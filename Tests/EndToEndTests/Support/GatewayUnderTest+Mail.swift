// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import JSONDocuments
import TestSupport
import Testing

extension GatewayUnderTest {
    /// Opens every record as the connector does, and reads with its key what openssl has encrypted to its certificate: with
    /// openssl, and with NSS, which is what mail programs read with.
    ///
    /// - Parameter connectorKey: PEM; nil for the one that the sandbox's connector has had from the start.
    func readMail(expected: Int, connectorKey: String? = nil) async throws {
        let file = try folder.write(
            JSONValue.object([
                "key": .string(connectorKey ?? sandbox.text("tenant", "intune", "privateKeyPEM")),
                "pfx": try await sandbox.control("/control/pfx")["pfx"] ?? [],
            ]).text, to: "records.json")
        let run = try await Run.tool(
            "python3", [BuiltPrograms.repository + "/Tests/EndToEndTests/mail-judge.py", file])
        #expect(run.status == 0 && run.output.hasSuffix("opened \(expected)\n"), "\(run.output)\(run.errors)")
    }
}
