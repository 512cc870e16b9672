// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CLDAP
import Dispatch
import Foundation
import Synchronization

/// Ends a connection whose server says nothing while TLS begins. The library bounds every wait but this one: libldap 2.5 with GnuTLS asks again
/// and again at full speed until the server speaks, which a server that is stopped never does.
///
/// It looks at each connection that the library opens for a handle, from before the handshake on. Owns the structure that the library keeps
/// a pointer to, so it lives longer than the handle.
final class SilenceWatch {
    /// The sockets, by what the library does with them: opened, and about to be closed. A number that is closed here may be somebody else's.
    private final class Socket: Sendable {
        private let descriptor = Mutex<Int32?>(nil)
        private let cuts = Atomic(false)
        var isCut: Bool { cuts.load(ordering: .relaxed) }
        let timeout: Duration

        init(_ timeout: Duration) { self.timeout = timeout }

        func opened(_ number: Int32) {
            descriptor.withLock { $0 = number }
            let seconds = timeout / .seconds(1)
            DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in self?.cut(number) }
        }

        /// The library finds the connection ended, and closes it.
        private func cut(_ number: Int32) {
            descriptor.withLock { present in
                guard present == number else { return }
                cuts.store(true, ordering: .relaxed)
                shutdown(number, Int32(SHUT_RDWR))
            }
        }

        func isDone() { descriptor.withLock { $0 = nil } }
    }

    private let callbacks: UnsafeMutablePointer<ldap_conncb>
    private let socket: Socket

    /// - Parameter timeout: from the connection to the end of the handshake, and of the sign-in.
    init(_ timeout: Duration) {
        socket = Socket(timeout)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(
            to: ldap_conncb(
                lc_add: { handle, buffer, _, _, callbacks in
                    var number: Int32 = -1
                    guard ber_sockbuf_ctrl(buffer, LBER_SB_OPT_GET_FD, &number) == 1, number >= 0,
                        let own = callbacks?.pointee.lc_arg
                    else { return 0 }
                    // Without it the handshake waits for the server in the system, and not in a loop.
                    ldap_set_option(handle, LDAP_OPT_NETWORK_TIMEOUT, nil)
                    Unmanaged<Socket>.fromOpaque(own).takeUnretainedValue().opened(number)
                    return 0
                },
                lc_del: { _, _, callbacks in
                    guard let own = callbacks?.pointee.lc_arg else { return }
                    Unmanaged<Socket>.fromOpaque(own).takeUnretainedValue().isDone()
                }, lc_arg: Unmanaged.passUnretained(socket).toOpaque()))
    }

    deinit { callbacks.deallocate() }

    /// Whether the server has said nothing for too long.
    var hasEnded: Bool { socket.isCut }

    /// Looks at the connections of a handle from now on.
    func look(at handle: OpaquePointer?) { ldap_set_option(handle, LDAP_OPT_CONNECT_CB, callbacks) }

    /// The server has spoken: from here on the library's own bounds hold.
    func end() { socket.isDone() }
}
