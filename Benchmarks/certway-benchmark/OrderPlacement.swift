// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit

/// Places an order and asks until the certificate is there.
struct OrderPlacement: Sendable {
    let backend: BackendCA
    let request: CertificateRequest

    /// - Parameter pause: between two questions; zero against a server that answers from a record.
    func place(pause: Duration = .zero) async throws -> IssuedCertificate {
        var outcome = try await backend.connector.enroll(request, gate: SubmissionGate {})
        for _ in 0..<100 {
            switch outcome {
            case .issued(let issued): return issued
            case .rejected(let rejection): throw BenchmarkError("the CA refused the order: \(rejection.reason)")
            case .pending(let pending):
                guard let poller = backend.ability((any OrderPolling).self, .poll) else {
                    throw BenchmarkError("\(backend.profile.name) cannot be asked about orders that wait")
                }
                if pause > .zero { try await Task.sleep(for: pause) }
                outcome = try await poller.poll(pending.order, request: request)
            }
        }
        throw BenchmarkError("the CA still has not issued the certificate")
    }
}
