// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

extension GatewayService {
    /// Reads how certificates stand on devices, each in its turn; one node does.
    func deliveryLoop() async {
        while !engine.isStopping, !Task.isCancelled {
            if presence.lease != nil, let gateway = try? await current.latest(), gateway.configuration.intune != nil,
                await !isPaused(.deliveries)
            {
                let found = await deliveryWatch.look(gateway, in: jobs) { try await self.current.graph() }
                say(.warning, "last mile", found, over: SaidOnce.isOver)
            }
            try? await Task.sleep(for: DeliveryWatch.pace)
        }
    }

    /// Compares ledger and world when it is time; one node does, once it has read the directory.
    func driftLoop() async {
        guard let driftWatch else { return }
        while !engine.isStopping, !Task.isCancelled {
            if presence.lease != nil, loopFigures.withLock(\.directory.succeeded) > 0,
                let gateway = try? await current.latest(), await !isPaused(.drift)
            {
                do {
                    let problem = try await driftWatch.look(gateway, in: jobs)
                    say(.warning, "drift", [problem].compactMap(\.self), over: SaidOnce.isOver)
                } catch is CancellationError {
                    return
                } catch {
                    say(.error, "drift", "whether ledger and world are to be compared cannot be read: \(error)")
                }
            }
            try? await Task.sleep(for: DriftWatch.pace)
        }
    }
}
