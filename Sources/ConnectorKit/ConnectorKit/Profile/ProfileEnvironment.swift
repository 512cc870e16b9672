// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTransport

/// One place where a CA product runs, such as production or the CA's own sandbox.
public struct ProfileEnvironment: Sendable, Hashable {
    public let name: String
    /// Base address of every call, without a slash at the end.
    public let url: String

    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// Why a text cannot be the base address of a CA; nil when it can. Base addresses are the only place where a host
    /// may be named: everything else in a profile is relative to them.
    public static func problem(withAddress text: String) -> String? {
        let address: HTTPAddress
        do {
            address = try HTTPAddress(text)
        } catch {
            return error.message
        }
        if address.scheme != "https", !address.isLoopback {
            return "http is for this machine's own addresses only; begin with https://"
        }
        return address.query == nil ? nil : "a base address has no query"
    }

    /// The address without slashes at its end, so that a path can follow.
    public static func normalized(_ text: String) -> String { String(text.reversed().drop { $0 == "/" }.reversed()) }
}
