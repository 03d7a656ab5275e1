import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A mock of the Active-Active task API, in memory, on $PORT or a free port of the loopback address. */
final class Mock implements Control.Store {
    private static final String LOGIN =
        Base64.getEncoder().encodeToString("mock@example:no-secret".getBytes(StandardCharsets.UTF_8));

    private static final class Task {
        final String id, guid = UUID.randomUUID().toString();
        final boolean cancelFails;
        String phase;
        double ttl, aged; // in seconds
        long since; // when it came into its phase, in nanoseconds

        Task(String id, double ttl, boolean cancelFails) {
            this.id = id;
            this.ttl = ttl;
            this.cancelFails = cancelFails;
        }

        boolean isExpired() {
            return Control.isEnded(phase) && (System.nanoTime() - since) / 1e9 + aged >= ttl;
        }

        String shown(String more) {
            String status = List.of("running", "committing").contains(phase) ? "started" : phase;
            return "{\"id\":\"%s\",\"crdb_guid\":\"%s\",\"status\":\"%s\"%s}".formatted(id, guid, status, more);
        }
    }

    private final Map<String, Task> tasks = new LinkedHashMap<>();

    /** Null for a task that is unknown or expired. */
    private Task find(String id) {
        Task task = tasks.get(id);
        return task == null || task.isExpired() ? null : task;
    }

    public String phase(String id) {
        Task task = find(id);
        return task == null ? null : task.phase;
    }

    public String create(String id, String phase, Integer resultTtl, boolean cancelFails) {
        tasks.put(id, new Task(id, resultTtl == null ? 500 : resultTtl, cancelFails));
        move(id, phase);
        return tasks.get(id).guid;
    }

    public void move(String id, String phase) {
        tasks.get(id).phase = phase;
        tasks.get(id).since = System.nanoTime();
    }

    public void age(String id, double seconds) {
        tasks.get(id).aged += seconds;
    }

    public void remove(String id) {
        tasks.remove(id);
    }

    private synchronized Control.Answer answer(HttpExchange exchange, String text) {
        String[] login = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")).split(" ", 2);
        if (login.length < 2 || !login[0].equalsIgnoreCase("basic") || !login[1].equals(LOGIN))
            return new Control.Answer(401, null);
        String method = exchange.getRequestMethod(), path = exchange.getRequestURI().getRawPath();
        String query = "&" + exchange.getRequestURI().getRawQuery() + "&";
        if (path.startsWith("/_control/v1"))
            return Control.answer(this, method, path.substring("/_control/v1".length()), text);
        if (method.equals("GET") && path.equals("/v1/crdb_tasks"))
            return new Control.Answer(200, tasks.values().stream().filter(task -> !task.isExpired())
                .map(task -> task.shown("")).collect(Collectors.joining(",", "[", "]")));
        String[] parts = path.split("/", -1); // "", "v1", "crdb_tasks", id, "actions", "cancel"
        boolean isCancel = path.endsWith("/actions/cancel") && parts.length == 6;
        if (!path.startsWith("/v1/crdb_tasks/") || parts.length != (isCancel ? 6 : 4)
            || !method.equals(isCancel ? "POST" : "GET"))
            return new Control.Answer(404, null);
        Task task = find(URLDecoder.decode(parts[3].replace("+", "%2B"), StandardCharsets.UTF_8));
        if (task == null) return new Control.Answer(404, null);
        if (isCancel) return cancel(task, query.contains("&force=true&"));
        String ttl = exchange.getRequestHeaders().getFirst("X-Result-TTL");
        if (ttl != null && ttl.matches("\\d{1,9}")) task.ttl = Integer.parseInt(ttl);
        return new Control.Answer(200, task.shown(query.contains("&verbose=true&") ? ",\"operation\":\"update\"" : ""));
    }

    private Control.Answer cancel(Task task, boolean force) {
        if (Control.isEnded(task.phase) || task.phase.equals("committing") && !force)
            return new Control.Answer(406, null);
        if (task.cancelFails) return new Control.Answer(409, null);
        move(task.id, "failed");
        return new Control.Answer(200, "{}");
    }

    private void serve(HttpExchange exchange) throws IOException {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Control.Answer answer = answer(exchange, text);
        var headers = exchange.getResponseHeaders();
        if (answer.status() == 401) headers.set("WWW-Authenticate", "Basic realm=\"mock\"");
        if (answer.body() != null) headers.set("Content-Type", "application/json");
        byte[] body = answer.body() == null ? new byte[0] : answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else each answer takes 40 ms
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "0"));
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 128);
        server.createContext("/", new Mock()::serve);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
