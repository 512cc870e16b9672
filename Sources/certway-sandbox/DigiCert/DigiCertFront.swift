// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Synchronization

/// What stands before the API: the key is checked and counted first; CRL and CA certificates need none.
final class DigiCertFront: Sendable {
    private struct Services {
        let keys: APIKeys
        let api: Service
        let publication: Service
    }

    private let services = Mutex<Services?>(nil)

    func begin(keys: APIKeys, api: Service, publication: Service) {
        services.withLock { $0 = Services(keys: keys, api: api, publication: publication) }
    }

    func answer(_ request: ServerRequest) -> ServerAnswer {
        guard let services = services.withLock({ $0 }) else { return .text("starting", status: 503) }
        guard request.path.hasPrefix("/services/") else { return services.publication.answer(request) }
        if let refusal = services.keys.refusal(of: request) { return refusal.answer() }
        return services.api.answer(request)
    }
}
