// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import Settings

extension StoreLocation {
    /// What the gateway signs in with at the database's server; nil where nothing is told to it.
    public var secret: SecretReference? {
        guard case .server(_, let signIn) = place else { return nil }
        switch signIn {
        case .password(let reference): return reference
        case .application(let tenant):
            switch tenant.credential {
            case .secret(let reference), .certificate(_, let reference): return reference
            }
        case .managedIdentity: return nil
        }
    }
}
