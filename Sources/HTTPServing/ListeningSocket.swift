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

    init(address: String, port: UInt16) throws(HTTPServerError) {
        var endpoint = sockaddr_in()
        endpoint.sin_family = sa_family_t(AF_INET)
        endpoint.sin_port = port.bigEndian
        guard inet_pton(AF_INET, address, &endpoint.sin_addr) == 1 else {
            throw HTTPServerError(
                message: "'\(address)' is not an IPv4 address to listen on; use one such as 127.0.0.1")
        }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw Self.failure("open a socket", address, port) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &endpoint) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general -> Int32 in
                guard bind(descriptor, general, length) == 0, listen(descriptor, 512) == 0 else { return -1 }
                return getsockname(descriptor, general, &length)
            }
        }
        guard status == 0 else {
            let error = Self.failure("listen on", address, port)
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.port = UInt16(bigEndian: endpoint.sin_port)
    }

    /// Hands the descriptor over; the taker closes it.
    consuming func take() -> Int32 {
        let taken = descriptor
        discard self
        return taken
    }

    deinit { close(descriptor) }

    private static func failure(_ action: String, _ address: String, _ port: UInt16) -> HTTPServerError {
        let reason = errno
        let advice =
            switch reason {
            case EADDRINUSE: "; another program uses the port: stop it or choose another port"
            case EACCES: "; ports below 1024 need the right to bind them: choose a higher one"
            case EADDRNOTAVAIL: "; this machine has no such address"
            default: ""
            }
        return HTTPServerError(
            message: "cannot \(action) \(address):\(port): \(String(cString: strerror(reason)))\(advice)")
    }
}
