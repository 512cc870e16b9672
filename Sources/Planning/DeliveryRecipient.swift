// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// Whether a certificate that has come back may go to the devices of the person it was ordered for.
public enum DeliveryRecipient: Sendable, Hashable {
    /// By the name under which the person signs in now, which may be another one than when it was ordered.
    case person(userPrincipalName: String)
    /// It stays here; the reason is one sentence.
    case nobody(String)
}
