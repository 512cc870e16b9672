// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A port of the loopback address that nobody has, and that the kernel gives to nobody who asks for any: for a server that is told
/// its port beforehand, or for none at all. One that the kernel chose, and that was let go, is soon another program's where
/// many are started at once.
public enum FreePort {
    /// - Throws: `ThrowAwayServerError` where there is none.
    public static func find() throws -> Int { try find(1)[0] }

    /// Several, each another.
    public static func find(_ count: Int) throws -> [Int] {
        // Below the range that the kernel chooses from (net.ipv4.ip_local_port_range).
        let ports = Array((10_000..<32_000).shuffled().lazy.filter(isFree).prefix(count))
        guard ports.count == count else { throw ThrowAwayServerError("no free port on the loopback address") }
        return ports
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
