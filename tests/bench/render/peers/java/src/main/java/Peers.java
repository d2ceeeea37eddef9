import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Mustache;
import com.samskivert.mustache.Template;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Mustache engines of Maven Central: Peers ENGINE DATA; the protocol is in tests/bench/render/peers/README.md. */
final class Peers {
    /** Gives a text, or nothing when it only compiles. */
    interface Call {
        String get() throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static long sink;

    private final Path data;
    private final String json;
    private final String source;
    private final Map<String, String> partials = new LinkedHashMap<>();

    private Peers(Path data) throws IOException {
        this.data = data;
        json = read("values.json");
        source = read("deployment.mustache");
        for (String name : new String[] {"labels", "probes", "resources"}) {
            partials.put(name, read("partials/" + name + ".mustache"));
        }
    }

    private String read(String file) throws IOException {
        return Files.readString(data.resolve(file));
    }

    private Map<?, ?> values() throws IOException {
        return JSON.readValue(json, Map.class);
    }

    private Template jmustache() {
        return com.samskivert.mustache.Mustache.compiler()
            .escapeHTML(false)
            .withLoader(name -> new StringReader(partials.get(name)))
            .compile(source);
    }

    private Mustache mustacheJava() {
        return new DefaultMustacheFactory(name -> new StringReader(partials.get(name.replaceFirst("\\.mustache$", "")))) {
            @Override
            public void encode(String value, Writer writer) {
                try {
                    writer.write(value);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        }.compile(new StringReader(source), "deployment");
    }

    private static String execute(Mustache template, Object values) throws IOException {
        StringWriter out = new StringWriter(8192);
        template.execute(out, values);
        return out.toString();
    }

    private Map<String, Call> cases(String engine) throws IOException {
        Map<String, Call> cases = new LinkedHashMap<>();
        Map<?, ?> values = values();
        if (engine.equals("jmustache")) {
            Template template = jmustache();
            cases.put("render", () -> template.execute(values));
            cases.put("compile", () -> jmustache() == null ? null : "");
            cases.put("cold", () -> jmustache().execute(values()));
        } else {
            Mustache template = mustacheJava();
            cases.put("render", () -> execute(template, values));
            cases.put("compile", () -> mustacheJava() == null ? null : "");
            cases.put("cold", () -> execute(mustacheJava(), values()));
        }
        return cases;
    }

    private static String run(Call call, double seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        long count = 0;
        long now;
        do {
            for (int i = 0; i < 8; i++) {
                sink += call.get().length();
            }
            count += 8;
            now = System.nanoTime();
        } while (now < end);
        return count + " " + (now - start) / 1e9;
    }

    /** From the name of the jar: jmustache-1.16.jar. */
    private static String version(String engine) {
        Class<?> known = engine.equals("jmustache") ? Template.class : Mustache.class;
        String jar = known.getProtectionDomain().getCodeSource().getLocation().getPath();
        return jar.replaceFirst(".*-([0-9.]+)\\.jar$", "$1");
    }

    public static void main(String[] args) throws IOException {
        Map<String, Call> cases = new Peers(Path.of(args[1])).cases(args[0]);
        System.out.println("ready " + version(args[0]) + " " + String.join(" ", cases.keySet()));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            if (words[0].equals("run")) {
                System.out.println(run(cases.get(words[1]), Double.parseDouble(words[2])));
            } else {
                Files.writeString(Path.of(words[1]), cases.get("render").get());
                System.out.println("ok");
            }
        }
    }
}
