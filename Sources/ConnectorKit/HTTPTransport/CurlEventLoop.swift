// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import CCurl
internal import Dispatch
internal import Foundation
internal import Glibc
internal import Secrets
internal import Synchronization

/// Runs all transfers of one client on one thread.
///
/// Other threads only append commands to the inbox and wake the thread; handles and transfers are touched by the thread
/// alone, which makes sharing the loop safe.
final class CurlEventLoop: @unchecked Sendable {
    private enum Command {
        case add(CurlTransfer, CheckedContinuation<CurlTransfer.Answer, Never>)
        case cancel(CurlTransfer)
        case stop
    }

    private struct Inbox {
        var commands: [Command] = []
        /// Whether the thread waits for the alarm.
        var isParked = false
    }

    private let multi: UnsafeMutableRawPointer
    /// TLS sessions of all handles, without locks: the thread alone uses it.
    private let share: UnsafeMutableRawPointer
    private let defaults: CurlDefaults
    private let inbox = Mutex(Inbox())
    /// What the thread waits for while no transfer runs: that costs less than sockets and curl_multi_wakeup do.
    private let alarm = DispatchSemaphore(value: 0)

    // The thread's own.
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var idleHandles: [CurlHandle] = []
    private var isStopped = false

    /// - Returns: nil without memory or file descriptors.
    init?(defaults: CurlDefaults, maximumConnectionsPerHost: Int) {
        Self.initializeLibrary
        guard let multi = curl_multi_init() else { return nil }
        guard let share = curl_share_init() else {
            curl_multi_cleanup(multi)
            return nil
        }
        self.multi = multi
        self.share = share
        _ = certway_share_setopt_data(share, CURL_LOCK_DATA_SSL_SESSION)
        self.defaults = defaults
        _ = certway_multi_setopt_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnectionsPerHost)
        _ = certway_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 4 * maximumConnectionsPerHost)
    }

    deinit {
        idleHandles = []  // handles go before the multi handle and the share they belong to
        curl_multi_cleanup(multi)
        curl_share_cleanup(share)
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "http"
        thread.start()
    }

    func add(_ transfer: CurlTransfer, continuation: CheckedContinuation<CurlTransfer.Answer, Never>) {
        post(.add(transfer, continuation))
    }

    func cancel(_ transfer: CurlTransfer) {
        transfer.isCancelled.store(true, ordering: .releasing)
        post(.cancel(transfer))
    }

    func stop() { post(.stop) }

    private func post(_ command: Command) {
        let (isFirst, isParked) = inbox.withLock { inbox in
            inbox.commands.append(command)
            return (inbox.commands.count == 1, exchange(&inbox.isParked, with: false))
        }
        if isParked { alarm.signal() } else if isFirst { curl_multi_wakeup(multi) }
    }

    private func run() {
        Self.blockBrokenPipeSignal()
        while !isStopped {
            for command in inbox.withLock({ exchange(&$0.commands, with: []) }) { execute(command) }
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            collectFinished()
            if running.isEmpty {
                park()
            } else {
                // Woken by sockets, libcurl's own timers and `post`; the bound only guards against a lost wake-up.
                curl_multi_poll(multi, nil, 0, 10_000, nil)
            }
        }
    }

    private func park() {
        let isParked = inbox.withLock { inbox in
            inbox.isParked = inbox.commands.isEmpty && !isStopped
            return inbox.isParked
        }
        if isParked { alarm.wait() }
    }

    private func execute(_ command: Command) {
        switch command {
        case .add(let transfer, let continuation):
            transfer.continuation = continuation
            begin(transfer)
        case .cancel(let transfer):
            // A cancellation that overtakes the start finds nothing here; `begin` sees the mark.
            guard running[ObjectIdentifier(transfer)] != nil else { return }
            end(transfer, .failure(Self.cancelled(transfer)))
        case .stop:
            isStopped = true
            for transfer in running.values { end(transfer, .failure(Self.cancelled(transfer))) }
        }
    }

    private func begin(_ transfer: CurlTransfer) {
        if transfer.isCancelled.load(ordering: .acquiring) {
            transfer.finish(.failure(Self.cancelled(transfer)))
            return
        }
        guard let handle = idleHandles.popLast() ?? CurlHandle(sharing: share) else {
            transfer.finish(.failure(HTTPTransportError(.notSent, "out of memory for another request")))
            return
        }
        handle.prepare(transfer, defaults: defaults)
        transfer.handle = handle
        running[ObjectIdentifier(transfer)] = transfer
        curl_multi_add_handle(multi, handle.easy)
    }

    private func collectFinished() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let code = certway_message_result(message)
            var context: UnsafeMutableRawPointer?
            _ = certway_getinfo_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            guard let handle = transfer.handle else { continue }
            end(transfer, transfer.answer(code, handle: handle))
        }
    }

    private func end(_ transfer: CurlTransfer, _ answer: CurlTransfer.Answer) {
        if let handle = transfer.handle {
            curl_multi_remove_handle(multi, handle.easy)
            handle.reset()
            idleHandles.append(handle)
        }
        running[ObjectIdentifier(transfer)] = nil
        transfer.finish(answer)
    }

    private static func cancelled(_ transfer: CurlTransfer) -> HTTPTransportError {
        HTTPTransportError(.cancelled(sent: transfer.mayHaveBeenSent), "\(transfer.address.host): cancelled")
    }

    /// A peer that closes early must give an error, not end the process; libcurl leaves that to us with NOSIGNAL.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// libcurl keeps a password as long as the connection that it signed in, and in the address of the handle's last request.
    private static let initializeLibrary: Void = {
        curl_global_init_mem(
            Int(CURL_GLOBAL_DEFAULT), { SecretMemory.piece($0) }, { SecretMemory.free($0) },
            { SecretMemory.resize($0, $1) },
            { SecretMemory.copy(of: $0) }, { calloc($0, $1) })
    }()
}
