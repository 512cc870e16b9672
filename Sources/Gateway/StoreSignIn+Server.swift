// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import HTTPTransport
import MicrosoftGraph
import Secrets
import Settings
import Store
import StoreODBC
import Synchronization

extension StoreSignIn {
    /// What the door to servers asks at each connection, so that a new password or token is used.
    ///
    /// - Throws: `SettingsError` for files that cannot be used.
    func credential(at address: ServerAddress) throws -> ServerCredential {
        if let roots = address.certificateAuthorities { _ = try SettingsFile(path: roots).roots("tlsRoots") }
        switch self {
        case .password(let reference):
            // Now, so that what is missing is said before anything is tried.
            _ = try reference.resolve(for: "password")
            return .password { try reference.resolve(for: "password") }
        case .application(let tenant):
            let roots = try tenant.tlsRoots.map { try SettingsFile(path: $0).rootsPEM("tlsRoots") }
            let http = roots.map { CurlHTTPClient(trustAnchorsPEM: $0) } ?? CurlHTTPClient()
            return Self.token(try tenant.tokenCredential(), RequestSender(http: http), tenant.cloud, address)
        case .managedIdentity(let clientID):
            let credential = ManagedIdentityCredential(clientID: clientID)
            return Self.token(credential, RequestSender(http: CurlHTTPClient()), .global, address)
        }
    }

    /// A token instead of a password; SQL Server's driver has a way of its own for it.
    private static func token(
        _ credential: any TokenCredential, _ sender: RequestSender, _ cloud: NationalCloud, _ address: ServerAddress
    ) -> ServerCredential {
        let source = TokenSource(credential: credential, sender: sender)
        let isOwn = address.family == .sqlserver
        let scope = isOwn ? cloud.sqlScope : cloud.openSourceDatabaseScope
        let token: @Sendable () throws -> Secret = {
            try waiting { try await source.token(scope: scope).value }
        }
        return isOwn ? .accessToken(token) : .password(token)
    }

    /// So long a connection waits for its token.
    private static let patience = DispatchTimeInterval.seconds(60)

    /// Connections are made on threads of their own, which may wait.
    private static func waiting(_ body: @escaping @Sendable () async throws -> Secret) throws -> Secret {
        let answer = TokenAnswer()
        let task = Task {
            do { answer.set(.success(try await body())) } catch { answer.set(.failure(error)) }
        }
        guard let result = answer.wait(patience) else {
            task.cancel()
            throw SettingsError(
                "no access token came for a minute: see whether the token service can be reached", at: .state)
        }
        return try result.get()
    }
}

/// The end of a task, for a thread that waits for it.
private final class TokenAnswer: Sendable {
    private let result = Mutex<Result<Secret, any Error>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func set(_ result: Result<Secret, any Error>) {
        self.result.withLock { $0 = result }
        isThere.signal()
    }

    /// - Returns: nil when nothing has come in time.
    func wait(_ time: DispatchTimeInterval) -> Result<Secret, any Error>? {
        guard isThere.wait(timeout: .now() + time) == .success else { return nil }
        return result.withLock { $0 }
    }
}
