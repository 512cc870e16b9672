// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Gateway
import HTTPServing
import MicrosoftGraph
import Secrets
import Settings
import SignIn
import Synchronization

/// What sign-in and authentication share: the gateway as it is configured now, the tenant's keys, and who has failed too often.
public final class SignInDesk: Sendable {
    /// What the tenant's side was made of; another configuration makes it anew.
    private struct Kept {
        let tenant: TenantConfiguration
        let clientID: String
        let signIn: TenantSignIn
    }

    let gateway: @Sendable () async throws -> Gateway
    let failures: FailureLimit
    private let kept = Mutex<Kept?>(nil)

    /// - Parameter gateway: one look-up when nothing has changed.
    public init(_ gateway: @escaping @Sendable () async throws -> Gateway) {
        self.gateway = gateway
        let start = ContinuousClock.now
        failures = FailureLimit { ContinuousClock.now - start }
    }

    /// What believes or refuses tokens of the tenant; nil where nobody signs in by it.
    ///
    /// - Throws: `SettingsError` when a file that the configuration names cannot be read.
    func tenantSignIn(_ gateway: Gateway) throws -> TenantSignIn? {
        guard let tenant = gateway.configuration.tenant, let signIn = gateway.configuration.console?.signIn else {
            return nil
        }
        let clientID = signIn.clientID ?? tenant.clientID
        if let kept = kept.withLock({ $0 }), kept.tenant == tenant, kept.clientID == clientID { return kept.signIn }
        let made = TenantSignIn(clientID: clientID, client: try gateway.openIDClient())
        kept.withLock { $0 = Kept(tenant: tenant, clientID: clientID, signIn: made) }
        return made
    }

    /// The address of who asks.
    func origin(of request: ServerRequest, _ gateway: Gateway) -> String {
        (gateway.configuration.console?.proxies ?? .none).origin(of: request).address
    }

    /// What is answered to a token that is refused: the refusal, which counts, or 429 for an address that has failed too often. Who has
    /// a valid token never comes here: behind one address may be many programs, and one of them must not lock out the others. Nobody
    /// guesses 238 bits.
    func answer(_ refusal: APIProblem, to address: String) -> APIProblem {
        guard let wait = failures.wait(of: address) else {
            failures.note(failureOf: address)
            return refusal
        }
        let seconds = Int(wait.components.seconds) + 1
        return APIProblem(
            429, .tooManyFailures, "Too many failures came from this address.",
            "sign-ins or tokens from \(address) were refused too often",
            nextStep: "Wait, then use a token that is valid.",
            retryAfter: seconds)
    }
}
