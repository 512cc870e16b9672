// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension OrderChange {
    static let deliveringKind = "delivering"

    /// The certificate and its key are about to leave for a person's devices. Intune files them under whoever has the name by then,
    /// so each name is kept before anything leaves under it.
    ///
    /// - Parameter userPrincipalName: the name written on the upload.
    public static func delivering(to userPrincipalName: String) -> OrderChange {
        OrderChange(
            deliveringKind, "leaves for the devices of \(userPrincipalName)",
            data: ["userPrincipalName": .string(userPrincipalName)])
    }
}
