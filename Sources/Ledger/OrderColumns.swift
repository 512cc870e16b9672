// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The columns of `orders`, by name.
enum OrderColumns {
    static let all = [
        "id", "reference", "template", "backend_ca", "product", "subscriber_id", "user_principal_name", "names",
        "request", "replaces_order_id", "created_at", "open_key", "stage", "attempt", "submitted_at", "connection",
        "secrets_mark", "doubt_kind", "doubt", "ca_request_id", "ca_identifiers", "waiting_for", "detail", "held",
        "hold_reason", "cancel_requested", "error_kind", "failures", "next_action_at", "certificate_id",
        "resume_stage", "updated_at", "event_count", "lease_owner", "lease_until", "fence", "due_at",
        "price", "currency", "charged",
    ]
}
