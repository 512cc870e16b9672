// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension GatewayConfiguration {
    /// The secrets by which the gateway proves itself to all but CAs, or protects what it keeps: tenant, sign-in, TLS, agents, directories,
    /// mail, webhooks. No CA has a claim to one of them.
    public var secretsOfItsOwn: [SecretReference] {
        secretsBesideWebhooks + (notifications?.webhooks.map(\.secret) ?? [])
    }

    /// The same without those of webhooks, which no webhook has a claim to.
    public var secretsBesideWebhooks: [SecretReference] {
        var secrets = [tenant?.credential, console?.signIn?.credential].compactMap { $0?.secret }
        if let key = console?.tls?.key { secrets.append(key) }
        for agent in keyRecoveryAgents {
            if case .secret(let reference)? = agent.key { secrets.append(reference) }
            if let passphrase = agent.passphrase { secrets.append(passphrase) }
        }
        for directory in directories {
            switch directory.ldap?.signIn {
            case .simple(_, let password): secrets.append(password)
            case .certificate(_, let key): secrets += [SecretReference("file:\(key)")].compactMap(\.self)
            case .anonymous, nil: break
            }
        }
        if let password = notifications?.server?.password { secrets.append(password) }
        return secrets
    }
}

extension TenantConfiguration.Credential {
    fileprivate var secret: SecretReference {
        switch self {
        case .secret(let reference), .certificate(_, let reference): reference
        }
    }
}
