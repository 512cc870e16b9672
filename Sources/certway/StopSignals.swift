// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

@preconcurrency import Dispatch
import Foundation

/// Turns SIGINT and SIGTERM into one call: the first asks for a graceful stop, the second ends the process at once, which
/// loses nothing either.
final class StopSignals: Sendable {
    private let sources: [any DispatchSourceSignal]

    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(SIGINT, SIG_DFL)
                signal(SIGTERM, SIG_DFL)
                stop()
            }
            source.resume()
            return source
        }
    }

    func cancel() { for source in sources { source.cancel() } }
}
