// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import HTTPServing

/// The keys of the account, and the request limits of each.
struct APIKeys: Sendable {
    private let keys: [APIKey]
    /// nil: no limits.
    private let windows: [String: RequestWindow]?
    private let clock: SandboxClock
    private let switches: CASwitches

    init(_ keys: [APIKey], isLimited: Bool, clock: SandboxClock, switches: CASwitches) {
        self.keys = keys
        windows = isLimited ? Dictionary(uniqueKeysWithValues: keys.map { ($0.text, RequestWindow()) }) : nil
        self.clock = clock
        self.switches = switches
    }

    func key(of request: ServerRequest) -> APIKey? {
        let key = request.header("X-DC-DEVKEY").flatMap { text in keys.first { $0.text == text } }
        guard switches.accepts(credentialsAreRight: key != nil) else { return nil }
        return key ?? keys.first
    }

    /// Why a request may not even be looked at; nil when it may.
    func refusal(of request: ServerRequest) -> Reply? {
        // 403, not 401 (wire/digicert-certcentral.md section 1).
        guard let key = key(of: request) else { return DigiCertError.denied("access_denied_invalid_key") }
        if let windows, windows[key.text]?.admits(at: clock.now) == false { return DigiCertDialect.throttled }
        guard key.mayWrite || request.method == "GET" else { return DigiCertError.denied("missing_permission") }
        return nil
    }
}
