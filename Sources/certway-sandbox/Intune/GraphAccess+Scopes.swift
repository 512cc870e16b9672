// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

extension GraphAccess {
    /// Refuses a caller without any of the roles, in the words of Intune, which name those that would do.
    func requireScope(_ any: Set<String>, _ call: Call) throws(Reply) {
        guard try !roles(call).isDisjoint(with: any) else {
            throw GraphError.reply(
                403, "Forbidden",
                "Application is not authorized to perform this operation. Application must have one of the following "
                    + "scopes: \(any.sorted().joined(separator: ", "))")
        }
    }
}
