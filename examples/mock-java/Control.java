import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The task control protocol 1: a test harness makes, moves and ages tasks with it. Call answer from your own server,
 * behind your own check of credentials, for requests under /_control/v1.
 */
final class Control {
    static final List<String> PHASES = List.of("queued", "running", "committing", "finished", "failed");

    /** What you write. */
    interface Store {
        /** The phase of a task, or null if it is unknown. */
        String phase(String id);

        /** @return the guid of its database, or null */
        String create(String id, String phase, Integer resultTtl, boolean cancelFails);

        void move(String id, String phase);

        void age(String id, double seconds);

        void remove(String id);
    }

    /** A status, and a body of JSON or null. */
    record Answer(int status, String body) {}

    static boolean isEnded(String phase) {
        return phase.equals("finished") || phase.equals("failed");
    }

    /** @param path the part after /_control/v1 */
    static Answer answer(Store store, String method, String path, String text) {
        if (method.equals("GET") && path.isEmpty())
            return new Answer(200, "{\"protocol\":1,\"phases\":[\"" + String.join("\",\"", PHASES)
                + "\"],\"age\":true,\"cancel_failure\":true}");
        if (method.equals("POST") && path.equals("/tasks")) return create(store, fieldsIn(text));
        String[] parts = path.split("/", -1); // "", "tasks", id, and "phase" or "age"
        if (parts.length == 3 && parts[1].equals("tasks") && method.equals("DELETE")) {
            store.remove(parts[2]);
            return new Answer(204, null);
        }
        if (parts.length != 4 || !parts[1].equals("tasks") || !method.equals("POST")) return new Answer(404, null);
        return switch (parts[3]) {
            case "phase" -> move(store, parts[2], fieldsIn(text));
            case "age" -> age(store, parts[2], fieldsIn(text));
            default -> new Answer(404, null);
        };
    }

    private static Answer create(Store store, Map<String, String> body) {
        if (body == null || !Set.of("id", "phase", "result_ttl", "cancel_fails").containsAll(body.keySet()))
            return new Answer(400, null);
        String id = text(body.get("id")), phase = text(body.get("phase"));
        String ttl = body.getOrDefault("result_ttl", "null"), fails = body.getOrDefault("cancel_fails", "null");
        if (id == null || !id.matches("[A-Za-z0-9._~-]{1,64}") || !PHASES.contains(phase)
            || !ttl.matches("null|\\d{1,9}") || !fails.matches("null|true|false"))
            return new Answer(400, null);
        if (store.phase(id) != null) return new Answer(409, null);
        String guid = store.create(id, phase, ttl.equals("null") ? null : Integer.valueOf(ttl), fails.equals("true"));
        return new Answer(201, "{\"id\":\"" + id + "\"" + (guid == null ? "" : ",\"crdb_guid\":\"" + guid + "\"") + "}");
    }

    private static Answer move(Store store, String id, Map<String, String> body) {
        String to = body == null || body.size() != 1 ? null : text(body.get("phase"));
        if (!PHASES.contains(to == null ? "" : to)) return new Answer(400, null);
        String phase = store.phase(id);
        if (phase == null) return new Answer(404, null);
        if (isEnded(phase) || PHASES.indexOf(to) <= PHASES.indexOf(phase)) return new Answer(409, null);
        store.move(id, to);
        return new Answer(204, null);
    }

    private static Answer age(Store store, String id, Map<String, String> body) {
        String seconds = body == null || body.size() != 1 ? null : body.get("seconds");
        if (seconds == null || !seconds.matches("\\d+(\\.\\d+)?([eE]\\+?\\d+)?")) return new Answer(400, null);
        if (store.phase(id) == null) return new Answer(404, null);
        store.age(id, Double.parseDouble(seconds));
        return new Answer(204, null);
    }

    private static final String FIELD = "\\s*\"(\\w+)\"\\s*:\\s*(\"[^\"\\\\]*\"|[-+.\\w]+)\\s*";

    /** The fields of a flat JSON object, each value as it is written; null for any other text. */
    private static Map<String, String> fieldsIn(String text) {
        if (!text.matches("(?s)\\s*\\{(" + FIELD + "(," + FIELD + ")*|\\s*)\\}\\s*")) return null;
        var fields = new HashMap<String, String>();
        var found = Pattern.compile(FIELD).matcher(text);
        while (found.find()) fields.put(found.group(1), found.group(2));
        return fields;
    }

    /** The characters of a JSON string; null for anything else. */
    private static String text(String value) {
        return value != null && value.startsWith("\"") ? value.substring(1, value.length() - 1) : null;
    }

    private Control() {}
}
