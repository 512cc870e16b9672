// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Directory
import Foundation
import HTTPServing
import JSONDocuments
import MicrosoftGraph
import Synchronization
import Testing

/// What is missing is told by name, and found out without writing (wire/entra-oauth.md section 1, wire/intune-pfx.md section 3).
@Suite(.timeLimit(.minutes(5))) struct PermissionTests {
    private static let all = ["User.Read.All", "GroupMember.Read.All", "DeviceManagementConfiguration.ReadWrite.All"]
    private static let readsOnly = ["User.Read.All", "DeviceManagementConfiguration.Read.All"]

    /// A token as Entra ID makes it; its signature is nobody's business here.
    private static func token(_ roles: [String]?) -> String {
        var payload: JSONValue = ["aud": "https://graph.microsoft.com", "idtyp": "app", "name": "ü?>~"]
        if let roles { payload["roles"] = JSONValue(roles) }
        return [#"{"typ":"JWT"}"#, payload.text, "signature"].map { part in
            Data(part.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }.joined(separator: ".")
    }

    /// - Parameters:
    ///   - token: what Entra ID gives out.
    ///   - refused: parts of paths that are answered 403.
    private func harness(_ token: String, refused: [String] = [], methods: Methods = Methods()) throws -> GraphHarness {
        try GraphHarness(
            service: ScriptedService { request, _ in
                if request.path.hasSuffix("/oauth2/v2.0/token") { return .token(token) }
                methods.note(request.method)
                if refused.contains(where: request.path.contains) {
                    return .graphError(403, "Authorization_RequestDenied", "Insufficient privileges")
                }
                return request.path.contains("/groups/g")
                    ? .json(["id": "g", "displayName": "People", "value": []]) : .json(["value": []])
            })
    }

    private final class Methods: Sendable {
        private let seen = Mutex<Set<String>>([])
        func note(_ method: String) { seen.withLock { _ = $0.insert(method) } }
        var all: Set<String> { seen.withLock { $0 } }
    }

    private func uploader(_ harness: GraphHarness) throws -> IntunePFXUploader {
        IntunePFXUploader(
            graph: harness.client,
            settings: try IntuneSettings(publicKey: Fixtures.connectorPublicKey(), keyName: "PFXEncryptionKey"))
    }

    @Test func aMissingPermissionToWriteIsFoundWithoutWriting() async throws {
        let methods = Methods()
        let reading = try harness(Self.token(Self.readsOnly), methods: methods)
        let error = await #expect(throws: GraphError.self) { _ = try await uploader(reading).check() }
        #expect(error?.kind == .permission)
        #expect(error?.message.contains("DeviceManagementConfiguration.ReadWrite.All") == true)
        #expect(methods.all == ["GET"])
    }

    @Test func grantedAndUnreadableAreToldApart() async throws {
        let granted = try harness(Self.token(Self.all))
        #expect(try await uploader(granted).check() == .granted)
        for text in ["opaque", "a.b.c", "e30.bm8.x", "eyJhbGciOiJSU0EtT0FFUCJ9.AA.AA.AA.AA"] {
            let unreadable = try harness(text)
            #expect(try await uploader(unreadable).check() == .unknown, "\(text)")
        }
        // A token without any permission has no claim at all.
        let bare = try harness(Self.token(nil))
        await #expect(throws: GraphError.self) { _ = try await uploader(bare).check() }
    }

    @Test func aRefusalOfIntuneNamesThePermission() async throws {
        let refused = try harness("opaque", refused: ["userPfxCertificates"])
        let error = await #expect(throws: GraphError.self) { _ = try await uploader(refused).check() }
        #expect(error?.message.hasSuffix("; it needs DeviceManagementConfiguration.ReadWrite.All") == true)
    }

    @Test func aRefusalOfTheGroupNamesThePermission() async throws {
        func group(_ token: String) async throws -> DirectoryCheck.Finding? {
            let harness = try harness(token, refused: ["/groups/"])
            return try await DirectoryCheck(graph: harness.client).run(groups: ["g"]).first {
                $0.subject.hasPrefix("group g")
            }
        }
        let known = try await group(Self.token(Self.readsOnly))
        #expect(
            known?.subject == "group g" && known?.permissions == ["GroupMember.Read.All"]
                && known?.problem?.kind == .permission)
        #expect(known?.problem?.message.hasSuffix("; the application lacks GroupMember.Read.All") == true)
        let unknown = try await group("opaque")
        #expect(unknown?.problem?.message.hasSuffix("; it needs GroupMember.Read.All") == true)
        // A wider permission holds the narrower one; then something else is the matter.
        let wider = try await group(Self.token(["Directory.Read.All"]))
        #expect(wider?.problem?.message.contains("the token carries GroupMember.Read.All") == true)
    }
}
