// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A listening TCP socket; closed by whoever takes its descriptor, or when it is let go before.
///
/// The server opens it itself, because libmicrohttpd tells neither why binding failed nor, without variadic calls, which
/// port the kernel chose.
struct ListeningSocket: ~Copyable {
    private let descriptor: Int32
    /// The port in use, also when 0 was asked for.
    let port: UInt16

    init(_ listen: ListenAddress, backlog: Int32 = 512) throws(HTTPServerError) {
        let family = listen.address.isIPv6 ? AF_INET6 : AF_INET
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Self.failure("open a socket for", listen) }
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
        if family == AF_INET6 {
            // `::` takes IPv4 as well; any other address is only itself.
            var only: Int32 = listen.address.isUnspecified ? 0 : 1
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &only, size)
        }
        let port: UInt16? = listen.address.withSocketAddress(port: listen.port) { endpoint, length in
            var length = length
            guard bind(descriptor, endpoint, length) == 0, Glibc.listen(descriptor, backlog) == 0,
                getsockname(descriptor, endpoint, &length) == 0
            else { return nil }
            // The port stands at the same place in both kinds of address.
            return UnsafeRawPointer(endpoint).withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
        guard let port else {
            let error = Self.failure("listen on", listen)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.port = port
    }

    /// Hands the descriptor over; the taker closes it.
    consuming func take() -> Int32 {
        let taken = descriptor
        discard self
        return taken
    }

    deinit { close(descriptor) }

    private static func failure(_ action: String, _ listen: ListenAddress) -> HTTPServerError {
        let reason = errno
        let advice =
            switch reason {
            case EADDRINUSE: "; another program uses the port: stop it or choose another port"
            case EACCES: "; ports below 1024 need the right to bind them: choose a higher one"
            case EADDRNOTAVAIL: "; this machine has no such address"
            case EAFNOSUPPORT: "; this machine has no IPv6: use an IPv4 address"
            default: ""
            }
        return HTTPServerError(
            message: "cannot \(action) \(listen): \(String(cString: strerror(reason)))\(advice)")
    }
}
